using System.Globalization;
using System.Text.Json;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Components.Launch;

/// <summary>What ends a study early, what it begins with and whom it learns from, as it is typed. Empty is: nothing.</summary>
public sealed class SteeringForm
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerOptions.Default) { AllowTrailingCommas = true };

    /// <summary>The time limit.</summary>
    public string Minutes { get; set; } = "";

    /// <summary>How many trials in a row may bring nothing better.</summary>
    public string Patience { get; set; } = "";

    /// <summary>The value that is good enough.</summary>
    public string Target { get; set; } = "";

    /// <summary>The study that the sampler learns from.</summary>
    public string WarmStart { get; set; } = "";

    /// <summary>The parameter sets of the first trials, as JSON: an object, or an array of them.</summary>
    public string Sets { get; set; } = "";

    /// <summary>Fills in what an earlier study had. What it began with is not kept with it.</summary>
    public void Fill(Study study)
    {
        Minutes = study.Stopping?.Seconds is { } seconds ? ParameterForm.Show(seconds / 60) : "";
        Patience = study.Stopping?.Patience?.ToString(CultureInfo.InvariantCulture) ?? "";
        Target = study.Stopping?.Target is { } target ? ParameterForm.Show(target) : "";
        WarmStart = study.WarmStart ?? "";
        Sets = "";
    }

    /// <summary>Adds a set to the first trials, as far as it has to do with the space; unreadable text is left as it is.</summary>
    public void Add(ParameterSet set, IEnumerable<string> names)
    {
        try
        {
            IEnumerable<ParameterSet> all = [.. ReadSets() ?? [], new ParameterSet(names.Where(set.ContainsKey).Select(name => KeyValuePair.Create(name, set[name])))];
            Sets = $"[{string.Join(",", all.Select(s => $"\n  {JsonSerializer.Serialize(s)}"))}\n]";
        }
        catch (Exception exception) when (exception is SearchException or JsonException)
        {
            // Its fault is in sight already.
        }
    }

    /// <summary>What is wrong, by field as the server spells it.</summary>
    /// <param name="space">The search space; null while that is faulty.</param>
    public Dictionary<string, string> Faults(SearchSpace? space)
    {
        var faults = new Dictionary<string, string>();
        Require("stopping.seconds", Minutes, minutes => minutes > 0, "More than 0, or nothing.");
        Require("stopping.patience", Patience, patience => patience >= 1 && patience == Math.Floor(patience) && patience < int.MaxValue, "A whole number from 1 on, or nothing.");
        Require("stopping.target", Target, _ => true, "A number, or nothing.");
        if (faults.Count == 0 && Stopping is { } rule)
        {
            Collect("stopping", () => rule.Validate());
        }
        Collect("enqueue", () => CheckSets(space));
        return faults;

        void Require(string field, string text, Func<double, bool> right, string fault)
        {
            if (text.Trim().Length > 0 && !(Number(text) is { } number && right(number)))
            {
                faults[field] = fault;
            }
        }

        void Collect(string field, Action check)
        {
            try
            {
                check();
            }
            catch (SearchException exception)
            {
                faults[field] = exception.Message;
            }
            catch (JsonException exception)
            {
                faults[field] = $"Not JSON, see line {exception.LineNumber + 1 ?? 1}. It looks like [{{\"learning_rate\": 0.01}}].";
            }
        }
    }

    /// <summary>What ends the study early; null for nothing. Only of a form without faults.</summary>
    public StoppingRule? Stopping =>
        new StoppingRule { Seconds = Number(Minutes) * 60, Patience = (int?)Number(Patience), Target = Number(Target) } is { IsEmpty: false } rule ? rule : null;

    /// <summary>The parameter sets of the first trials; null for none.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="SearchException">It is JSON of something else.</exception>
    public IReadOnlyList<ParameterSet>? ReadSets()
    {
        var text = Sets.Trim();
        return text.Length == 0 ? null
            : text[0] == '[' ? JsonSerializer.Deserialize<ParameterSet[]>(text, Strict)
            : [JsonSerializer.Deserialize<ParameterSet>(text, Strict)!];
    }

    /// <summary>What was typed, in a line.</summary>
    public override string ToString() => string.Join(", ", new[]
    {
        Said(Minutes, "{0} min at most"), Said(Patience, "patience {0}"), Said(Target, "target {0}"), Said(WarmStart, "learns from {0}"), Said(Sets, "first trials given"),
    }.OfType<string>().DefaultIfEmpty("when to stop, whom to learn from, first trials"));

    private static string? Said(string text, string format) => text.Trim().Length == 0 ? null : format.Replace("{0}", text.Trim(), StringComparison.Ordinal);

    private void CheckSets(SearchSpace? space)
    {
        if (ReadSets() is not { } sets)
        {
            return;
        }
        if (sets.Count > StudyRequest.MaximumEnqueued)
        {
            throw new SearchException($"{sets.Count} sets are more than {StudyRequest.MaximumEnqueued}, the most at once.");
        }
        for (var i = 0; i < sets.Count; i++)
        {
            try
            {
                space?.ValidatePart(sets[i] ?? throw new SearchException("null is not a set."));
            }
            catch (SearchException exception) when (sets.Count > 1)
            {
                throw new SearchException($"Set {i + 1}: {exception.Message}");
            }
        }
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
