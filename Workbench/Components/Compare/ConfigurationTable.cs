using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workbench.Components.Launch;
using Workbench.Core.Datasets;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Components.Compare;

/// <summary>One line of the table: what each study has of something.</summary>
/// <param name="Label">Of what.</param>
/// <param name="Values">In the order of the studies.</param>
/// <param name="IsParameter">Whether it is a parameter of the search space.</param>
internal sealed record ConfigurationRow(string Label, IReadOnlyList<string> Values, bool IsParameter = false)
{
    /// <summary>Whether not all studies have the same.</summary>
    public bool Differs => Values.Distinct().Count() > 1;
}

/// <summary>How studies were configured, in words to be compared.</summary>
internal static class ConfigurationTable
{
    private const string Absent = "–";

    /// <summary>The lines, settings first, then every parameter that any of the studies searched.</summary>
    public static IReadOnlyList<ConfigurationRow> Rows(IReadOnlyList<Study> studies)
    {
        return
        [
            Row("Pipeline", study => study.Pipeline),
            Row("Dataset", study => study.Dataset ?? ""),
            Row("Split", study => study.Split is null ? "" : Split(JsonSerializer.Deserialize<SplitSettings>(study.Split, JsonSerializerOptions.Web)!)),
            Row("Objective", study => $"{study.Metric} {(study.Direction == Direction.Maximize ? "↑" : "↓")}"),
            Row("Sampler", study => Settings(study.Sampler, study.Sampler.DisplayName, SamplerSettings.All)),
            Row("Pruner", study => Settings(study.Pruner, study.Pruner.DisplayName, PrunerSettings.All)),
            Row("Trials", study => study.TrialsRequested.ToString(CultureInfo.InvariantCulture)),
            Row("Jobs", study => study.Jobs.ToString(CultureInfo.InvariantCulture)),
            Row("Seed", study => study.Seed.ToString(CultureInfo.InvariantCulture)),
            .. studies.Any(study => study.Stopping is not null) ? [Row("Stops early", study => Stopping(study.Stopping))] : Array.Empty<ConfigurationRow>(),
            .. studies.Any(study => study.WarmStart is not null) ? [Row("Learns from", study => study.WarmStart ?? Absent)] : Array.Empty<ConfigurationRow>(),
            .. studies.SelectMany(study => study.SearchSpace).Select(parameter => parameter.Name).Distinct()
                .Select(name => Row(name, study => study.SearchSpace.Find(name) is { } parameter ? Range(parameter) : Absent) with { IsParameter = true }),
        ];

        ConfigurationRow Row(string label, Func<Study, string> value) => new(label, [.. studies.Select(value)]);
    }

    /// <summary>A parameter's range in a few characters.</summary>
    internal static string Range(Parameter parameter)
    {
        var range = parameter switch
        {
            FloatParameter p => $"{ParameterForm.Show(p.Low)} … {ParameterForm.Show(p.High)}{(p.Log ? " log" : "")}{(p.Step is { } step ? $" step {ParameterForm.Show(step)}" : "")}",
            IntParameter p => $"{p.Low} … {p.High}{(p.Log ? " log" : "")}{(p.Step == 1 ? "" : $" step {p.Step}")}",
            CategoricalParameter p => string.Join(", ", p.Choices.Select(ParameterForm.Show)),
            FixedParameter p => $"= {ParameterForm.Show(p.Value)}",
            _ => parameter.ToString(),
        };
        return parameter.Condition is { } condition ? $"{range} when {condition.Parent} is {string.Join(" or ", condition.Values)}" : range;
    }

    private static string Split(SplitSettings split) => split.Kind == SplitKind.Own
        ? "its own"
        : string.Create(CultureInfo.InvariantCulture, $"{Format.Percent(split.Validation!.Value)} for validation, seed {split.Seed}");

    private static string Stopping(StoppingRule? rule) => string.Join(", ", new[]
    {
        rule?.Seconds is { } seconds ? $"after {Format.Duration(TimeSpan.FromSeconds(seconds))}" : null,
        rule?.Patience is { } patience ? $"after {patience} without improvement" : null,
        rule?.Target is { } target ? $"at {ParameterForm.Show(target)}" : null,
    }.OfType<string>().DefaultIfEmpty(Absent));

    // The name, and whatever options are not as they come.
    private static string Settings<T>(T settings, string name, IReadOnlyList<T> all)
        where T : class
    {
        var usual = JsonSerializer.SerializeToNode(all.First(kind => kind.GetType() == settings.GetType()))!.AsObject();
        var changed = JsonSerializer.SerializeToNode(settings)!.AsObject().Where(option => !JsonNode.DeepEquals(option.Value, usual[option.Key]));
        return string.Join(", ", [name, .. changed.Select(option => $"{option.Key} {option.Value?.ToJsonString() ?? "none"}")]);
    }
}
