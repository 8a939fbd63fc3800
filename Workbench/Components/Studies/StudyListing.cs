using System.Text.RegularExpressions;
using Workbench.Components.Notes;
using Workbench.Core.Tracking;

namespace Workbench.Components.Studies;

/// <summary>Which studies are listed, and in which order; part of the page's address.</summary>
/// <param name="Search">Words that all occur in a study's name, pipeline, dataset, sampler, pruner or tags.</param>
/// <param name="State">Only studies in this state; null for all.</param>
/// <param name="Column">What they are sorted by, one of <see cref="Columns"/>.</param>
/// <param name="Descending">Whether the largest comes first.</param>
internal sealed partial record StudyListing(string Search, StudyState? State, string Column, bool Descending)
{
    /// <summary>What studies can be sorted by; the first is the order they have by themselves.</summary>
    public static readonly IReadOnlyList<string> Columns = ["started", "name", "state", "progress", "best", "pipeline", "sampler", "duration"];

    /// <summary>Whether a column is mostly wanted from the top: numbers are, words are not.</summary>
    public static bool StartsDescending(string column) => column is "started" or "progress" or "best" or "duration";

    /// <summary>The studies asked for, in order; equal ones, and those that lack what is sorted by, the latest first.</summary>
    public IEnumerable<StudySummary> Apply(IEnumerable<StudySummary> studies, DateTimeOffset now)
    {
        var words = Search.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var keyed = studies.Where(s => (State is null || s.Study.State == State) && words.All(word => Text(s.Study).Contains(word, StringComparison.OrdinalIgnoreCase)))
            .Select(s => (Summary: s, Key: Key(s, now))).OrderBy(row => row.Key is null);
        return (Descending ? keyed.ThenByDescending(row => row.Key) : keyed.ThenBy(row => row.Key)).ThenByDescending(row => row.Summary.Study.Id)
            .Select(row => row.Summary);
    }

    private IComparable? Key(StudySummary summary, DateTimeOffset now) => Column switch
    {
        "name" => Natural(summary.Study.Name),
        "state" => summary.Study.State,
        "progress" => (double)summary.Counts.Finished / Math.Max(summary.Study.TrialsRequested, 1),
        "best" => summary.Best?.Value,
        "pipeline" => summary.Study.Pipeline,
        "sampler" => summary.Study.Sampler.DisplayName,
        "duration" => (summary.Study.EndedAt ?? now) - summary.Study.CreatedAt,
        _ => summary.Study.Id,
    };

    private static string Text(Study study) =>
        $"{study.Name} {study.Pipeline} {study.Dataset} {study.Metric} {study.Sampler.DisplayName} {study.Pruner.DisplayName} "
            + string.Join(' ', study.Tags.Select(tag => TagList.Written(tag.Key, tag.Value)));

    // mnist-2 comes before mnist-10.
    private static string Natural(string name) => Digits().Replace(name, digits => digits.Value.PadLeft(20, '0')).ToUpperInvariant();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
