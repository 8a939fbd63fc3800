using Workbench.Components.Parts;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Tables;

namespace Workbench.Components.Trials;

/// <summary>Which columns a person wants to see. Only what differs from the usual is remembered, so that the parameters of another study
/// show as well.</summary>
public sealed class TrialColumns
{
    /// <summary>Under which name the browser remembers it.</summary>
    public const string Key = "workbench.trials.columns";

    private static readonly string[] Hidden = ["started", "finished", "attempt", "error"];

    private Dictionary<string, bool> _chosen = [];

    /// <summary>Whether everything is as usual.</summary>
    public bool IsUsual => _chosen.Count == 0;

    /// <summary>What the browser is to remember.</summary>
    public string Json => RememberedColumns.Write(_chosen);

    /// <summary>Takes what the browser remembered; nothing, or something that no longer makes sense, changes nothing.</summary>
    public void Remember(string? json) => _chosen = RememberedColumns.Read(json);

    /// <summary>Whether a column shows. The number always does: it is what a trial is called.</summary>
    public bool Shows(TrialField field, Study study) =>
        field.Name == TrialFields.Number || (_chosen.TryGetValue(field.Name, out var shown) ? shown : IsUsually(field, study));

    /// <summary>Shows or hides a column.</summary>
    public void Choose(TrialField field, bool shown, Study study)
    {
        _chosen.Remove(field.Name);
        if (shown != IsUsually(field, study))
        {
            _chosen[field.Name] = shown;
        }
    }

    /// <summary>Shows the usual columns.</summary>
    public void Reset() => _chosen.Clear();

    /// <summary>All columns in their order: who ran a trial, and why it failed, are at the end.</summary>
    public static IEnumerable<TrialField> InOrder(TrialFields fields) => fields.OrderBy(field => field.Name is TrialFields.Worker or "error" ? 1 : 0);

    /// <summary>The class that gives a column its width.</summary>
    public static string Width(TrialField field) => field switch
    {
        { Name: TrialFields.Number } => "number-col",
        { Name: TrialFields.State } => "state-col",
        { Name: "started" or "finished" } => "moment-col",
        { Name: TrialFields.Duration } => "time-col",
        { Name: TrialFields.Worker } => "worker-col",
        { Name: "error" } => "error-col",
        { Origin: FieldOrigin.Parameter } => "param-col",
        _ => "value-col",
    };

    /// <summary>What a cell of a column says.</summary>
    public static string Text(TrialField field, TrialRow row)
    {
        var value = field.Read(row);
        return field.Origin switch
        {
            _ when value.IsMissing => "–",
            FieldOrigin.Metric => Format.Value(value.Number),
            FieldOrigin.Parameter when row.Run.Params!.TryGetValue(field.Name, out var own) => Format.Parameter(own),
            _ => value.ToString(),
        };
    }

    // The objective is the value: its metric would say the same again.
    private static bool IsUsually(TrialField field, Study study) =>
        !Hidden.Contains(field.Name) && !(field.Origin == FieldOrigin.Metric && (field.Name == study.Metric || field.Name == TrialFields.Prefixed(study.Metric)));
}
