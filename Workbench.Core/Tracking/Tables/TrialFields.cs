using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Workbench.Core.Search;

namespace Workbench.Core.Tracking.Tables;

/// <summary>
/// The fields of a study's trials, in the order of their columns: what a run has, the parameters, the metrics. A parameter or a metric
/// whose name is taken already is called <c>params.NAME</c> or <c>metrics.NAME</c>; each can be written so.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "It is the fields.")]
public sealed class TrialFields : IReadOnlyList<TrialField>
{
    /// <summary>The trial's number.</summary>
    public const string Number = "number";

    /// <summary>How the trial stands.</summary>
    public const string State = "state";

    /// <summary>The objective.</summary>
    public const string Value = "value";

    /// <summary>How long the trial took, or runs by now.</summary>
    public const string Duration = "duration";

    /// <summary>Who runs, or ran, the trial.</summary>
    public const string Worker = "worker";

    private const string ParameterPrefix = "params.";
    private const string MetricPrefix = "metrics.";

    private static readonly TrialField[] OfRun =
    [
        new(Number, FieldKind.Number, FieldOrigin.Run, row => FieldValue.Of(row.Run.Number)),
        new(State, FieldKind.Text, FieldOrigin.Run, row => FieldValue.Of(Word(row.Run.State))) { Choices = [.. Enum.GetValues<TrialState>().Where(state => state != TrialState.Scheduled).Select(Word)] },
        new(Value, FieldKind.Number, FieldOrigin.Run, row => FieldValue.Of(row.Run.Value)),
        new(Duration, FieldKind.Duration, FieldOrigin.Run, row => FieldValue.Of(((row.Run.FinishedAt ?? row.Now) - row.Run.StartedAt).TotalSeconds)),
        new("started", FieldKind.Time, FieldOrigin.Run, row => FieldValue.Of(row.Run.StartedAt)),
        new("finished", FieldKind.Time, FieldOrigin.Run, row => FieldValue.Of(row.Run.FinishedAt)),
        new("attempt", FieldKind.Number, FieldOrigin.Run, row => FieldValue.Of(row.Run.Attempt)),
        new(Worker, FieldKind.Text, FieldOrigin.Run, row => FieldValue.Of(row.Run.Worker)),
        new("error", FieldKind.Text, FieldOrigin.Run, row => FieldValue.Of(row.Run.Error)),
    ];

    private readonly List<TrialField> _fields = [];
    private readonly Dictionary<string, TrialField> _byName = new(StringComparer.Ordinal);

    /// <summary>The fields of the trials of a study.</summary>
    /// <param name="study">Gives the parameters and the objective.</param>
    /// <param name="expected">The metrics that its pipeline reports, whether or not a trial has yet, in the order of their columns.</param>
    /// <param name="reported">The metrics that its trials have reported.</param>
    public TrialFields(Study study, IEnumerable<string> expected, params IEnumerable<string> reported)
    {
        foreach (var field in OfRun)
        {
            _fields.Add(field);
            _byName.Add(field.Name, field);
        }
        foreach (var parameter in study.SearchSpace)
        {
            Add(OfParameter(parameter), ParameterPrefix);
        }
        foreach (var metric in expected.Append(study.Metric).Concat(reported.Order(StringComparer.Ordinal)).Distinct())
        {
            Add(OfMetric(metric), MetricPrefix);
        }
    }

    /// <inheritdoc/>
    public int Count => _fields.Count;

    /// <inheritdoc/>
    public TrialField this[int index] => _fields[index];

    /// <summary>How a metric is called whose name is taken.</summary>
    public static string Prefixed(string metric) => $"{MetricPrefix}{metric}";

    /// <summary>The field of that name; capital and small letters count only where names differ by them alone. Null when there is none.</summary>
    public TrialField? Find(string name) => _byName.TryGetValue(name, out var field)
        ? field
        : _byName.FirstOrDefault(entry => entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <inheritdoc/>
    public IEnumerator<TrialField> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string Word(TrialState state) => state.ToString().ToLowerInvariant();

    private static TrialField OfParameter(Parameter parameter)
    {
        var (kind, choices) = parameter switch
        {
            CategoricalParameter categorical => (Kind(categorical.Choices), categorical.Choices),
            FixedParameter constant => (Kind([constant.Value]), [constant.Value]),
            _ => (FieldKind.Number, []),
        };
        var name = parameter.Name;
        return new TrialField(
            name, kind, FieldOrigin.Parameter, row => row.Run.Params?.TryGetValue(name, out var value) is true ? FieldValue.OfParameter(value) : default)
        {
            Choices = [.. choices.Select(choice => choice.ToString())],
        };
    }

    private static FieldKind Kind(IReadOnlyList<ParameterValue> choices) =>
        choices.All(choice => choice.IsNumber) ? FieldKind.Number : choices.All(choice => choice.IsText) ? FieldKind.Text : FieldKind.Mixed;

    private static TrialField OfMetric(string metric) => new(
        metric, FieldKind.Number, FieldOrigin.Metric, row => row.Metrics.TryGetValue(metric, out var value) ? FieldValue.Of(value) : default);

    private void Add(TrialField field, string prefix)
    {
        var whole = prefix + field.Name;
        var named = _byName.ContainsKey(field.Name) ? field with { Name = whole } : field;
        if (_byName.TryAdd(named.Name, named))
        {
            _fields.Add(named);
            _byName.TryAdd(whole, named);
        }
    }
}
