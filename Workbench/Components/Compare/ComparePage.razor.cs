using Microsoft.AspNetCore.Components;
using Workbench.Components.Charts;
using Workbench.Components.Parts;
using Workbench.Core.Tracking;
using Direction = Workbench.Core.Search.Direction;

namespace Workbench.Components.Compare;

/// <summary>Several studies side by side, live: how they improved, how their values are spread, how they were configured.</summary>
public sealed partial class ComparePage : LiveComponent
{
    private static readonly string[] Axes = ["By trial", "By time"];
    private static readonly string[] Ranges = ["Focus", "All"];
    private static readonly string[] Shows = ["All", "Differences"];

    private Comparison? _comparison;
    private Chart? _history;
    private Chart? _distribution;
    private IReadOnlyList<string> _others = [];

    /// <summary>The studies' names, separated by commas, which names do not hold.</summary>
    [Parameter, InAddress("studies")]
    public string? Chosen { get; set; }

    /// <summary>What the histories are drawn over.</summary>
    [Parameter, InAddress("by")]
    public string? By { get; set; }

    /// <summary>Whether outliers are in view.</summary>
    [Parameter, InAddress("range")]
    public string? Shown { get; set; }

    /// <summary>Which settings are listed.</summary>
    [Parameter, InAddress("show")]
    public string? Listed { get; set; }

    [Inject]
    private StudyQueries Queries { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private string[] Names => [.. (Chosen ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];

    private IReadOnlyList<ComparedStudy> Studies => _comparison!.Studies;

    private string Axis => By is null ? Axes[0] : Axes[1];

    private string Range => Shown is null ? Ranges[0] : Ranges[1];

    private string Show => Listed is null ? Shows[0] : Shows[1];

    private IEnumerable<ConfigurationRow> Rows =>
        ConfigurationTable.Rows([.. Studies.Select(s => s.Study)]).Where(row => Listed is null || row.Differs);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_comparison?.Names.SequenceEqual(Names) is not true)
        {
            var comparison = new Comparison(Queries, Names);
            var read = comparison.ReadAsync(Closed);
            Listen(comparison.Concerns, async changes =>
            {
                await comparison.ApplyAsync(changes, Closed);
                Draw();
            });
            await read;
            _others = [.. (await Queries.ListAsync(Closed)).Select(summary => summary.Study.Name).Except(Names)];
            _comparison = comparison;
        }
        Draw();
    }

    private void Draw()
    {
        if (_comparison is null)
        {
            return;
        }
        _history = ComparisonCharts.History(Studies, Axis == Axes[1], Range == Ranges[0]);
        _distribution = ComparisonCharts.Distribution(Studies, Range == Ranges[0]);
    }

    private void Add(ChangeEventArgs change)
    {
        if (change.Value is string { Length: > 0 } name)
        {
            GoTo([.. Names, name]);
        }
    }

    private void Remove(string name) => GoTo(Names.Except([name]));

    private void GoTo(IEnumerable<string> names) => Change("studies", string.Join(',', names));

    // The first of the options goes without saying.
    private void Keep(string key, string value, string[] options) => Change(key, value == options[0] ? null : value.ToLowerInvariant());

    private void Change(string key, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(key, value), replace: true);

    private bool IsBest(ComparedStudy study) => Studies.Count > 1 && study.Summary.Best is { } best && Studies.All(other =>
        other.Summary.Best is not { } theirs || (study.Study.Direction == Direction.Maximize ? best.Value >= theirs.Value : best.Value <= theirs.Value));

    private static string Losses(TrialCounts counts) =>
        $"{(counts.Pruned > 0 ? $", {counts.Pruned} pruned" : "")}{(counts.Failed > 0 ? $", {counts.Failed} failed" : "")}";

    private static string MedianTrial(ComparedStudy study)
    {
        var times = study.Complete.Select(t => t.FinishedAt!.Value - t.StartedAt).Order().ToList();
        return times.Count == 0 ? "–" : Format.Duration(times[times.Count / 2]);
    }
}
