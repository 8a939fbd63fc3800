using Microsoft.AspNetCore.Components;
using Workbench.Components.Launch;
using Workbench.Components.Parts;
using Workbench.Core.Datasets;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Components.Studies;

/// <summary>All studies, live; where a study is launched. On the first visit, what the workbench is for.</summary>
public sealed partial class StudiesPage : LiveComponent
{
    private static readonly string[] States = ["All", "Running", "Completed", "Stopped"];

    private static readonly (string? Column, string Title, string Css)[] Columns =
    [
        ("name", "Name", ""), ("state", "State", ""), ("progress", "Progress", ""), ("best", "Best", "number"), (null, "History", ""),
        ("pipeline", "Pipeline", ""), ("sampler", "Sampler", ""), ("started", "Started", ""), ("duration", "Duration", "number"),
    ];

    private readonly HashSet<string> _selected = [];
    private readonly Dictionary<long, IReadOnlyList<Improvement>> _steps = [];
    private List<StudySummary>? _studies;
    private bool _busy;

    /// <summary>Words to search for.</summary>
    [Parameter, InAddress("q")]
    public string? Query { get; set; }

    /// <summary>Only studies in this state.</summary>
    [Parameter, InAddress("state")]
    public string? State { get; set; }

    /// <summary>The column they are sorted by, with a minus before it for the largest first.</summary>
    [Parameter, InAddress("sort")]
    public string? Sort { get; set; }

    [Inject]
    private StudyQueries Queries { get; set; } = default!;

    [Inject]
    private StudyOverview Overview { get; set; } = default!;

    [Inject]
    private SubmissionKeys Submissions { get; set; } = default!;

    [Inject]
    private StudyService Service { get; set; } = default!;

    [Inject]
    private Pipelines Pipelines { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    private string StateName => States.FirstOrDefault(name => string.Equals(name, State, StringComparison.OrdinalIgnoreCase)) ?? States[0];

    private StudyListing Listing => new(
        Query ?? "",
        Enum.TryParse<StudyState>(StateName, out var state) ? state : null,
        StudyListing.Columns.Contains(Sort?.TrimStart('-')) ? Sort!.TrimStart('-') : StudyListing.Columns[0],
        Sort is null || Sort.StartsWith('-'));

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Listen(change => change.Kind is ChangeKind.Study or ChangeKind.Run || (change.Kind == ChangeKind.Note && change is { StudyId: > 0, RunId: 0 }), ReadAsync);
        await ReadAsync([new Change(ChangeKind.Everything)]);
    }

    private async Task ReadAsync(IReadOnlyCollection<Change> changes)
    {
        List<long> ids;
        if (_studies is null || changes.Any(change => change.Kind == ChangeKind.Everything))
        {
            _studies = [.. await Queries.ListAsync(Closed)];
            ids = [.. _studies.Select(summary => summary.Study.Id)];
        }
        else
        {
            ids = [.. changes.Select(change => change.StudyId).Distinct()];
            var read = await Queries.ListAsync(ids, Closed);
            _studies = [.. _studies.Where(summary => !ids.Contains(summary.Study.Id)).Concat(read).OrderByDescending(summary => summary.Study.Id)];
        }
        _selected.IntersectWith(_studies.Select(summary => summary.Study.Name));
        await ReadStepsAsync(ids);
    }

    private async Task ReadStepsAsync(List<long> ids)
    {
        var steps = await Overview.ImprovementsAsync(ids, Closed);
        foreach (var id in ids)
        {
            _steps[id] = [.. steps[id]];
        }
    }

    private void Search(ChangeEventArgs change) => Change(new() { ["q"] = change.Value is string { Length: > 0 } text ? text : null });

    private void Filter(string state) => Change(new() { ["state"] = state == States[0] ? null : state.ToLowerInvariant() });

    private void SortBy(string column)
    {
        var descending = Listing.Column == column ? !Listing.Descending : StudyListing.StartsDescending(column);
        Change(new() { ["sort"] = descending ? $"-{column}" : column });
    }

    private string? SortOf(string? column) => column is null ? null : Listing.Column != column ? "none" : Listing.Descending ? "descending" : "ascending";

    private void Select(string study, bool chosen)
    {
        if (chosen)
        {
            _selected.Add(study);
        }
        else
        {
            _selected.Remove(study);
        }
    }

    private void Compare() => Navigation.NavigateTo(
        $"compare?studies={string.Join(',', _studies!.Select(summary => summary.Study.Name).Where(_selected.Contains).Select(Uri.EscapeDataString))}");

    private async Task LaunchSampleAsync()
    {
        _busy = true;
        var sample = new StudyRequest(LaunchForm.FreeName($"{DatasetCatalog.Default}-{Pipelines.All[0].Name}", []), LaunchForm.DefaultTrials);
        if (await TryAsync(() => Submissions.OnceAsync(new { launch = sample }, () => Service.LaunchAsync(sample, Closed))))
        {
            Navigation.NavigateTo($"studies/{Uri.EscapeDataString(sample.Name!)}");
        }
        _busy = false;
    }

    private void Launch() => Navigation.NavigateTo(LaunchFromAddress.At(Navigation));

    private void Change(Dictionary<string, object?> query) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(query), replace: true);
}
