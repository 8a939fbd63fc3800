using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Workbench.Components.Parts;
using Workbench.Components.Studies.Analysis;
using Workbench.Core.Audit;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Components.Studies;

/// <summary>One study, live.</summary>
public sealed partial class StudyPage : LiveComponent
{
    private const string Overview = "overview";
    private const string Analysis = "analysis";
    private const string Trials = "trials";
    private const string Evaluated = "evaluation";
    private const PlotControls AllControls = PlotControls.Values | PlotControls.X | PlotControls.Y | PlotControls.Metric;

    // Among so many trials a single one tells little, and every drawing costs more.
    private const int Many = 500;

    private static readonly (string Key, string Title)[] Views = [(Overview, "Overview"), (Analysis, "Analysis"), (Evaluated, "Evaluation"), (Trials, "Trials")];

    private StudyView? _view;
    private StudySnapshot? _snapshot;
    private TrialEvaluation? _evaluation;
    private int? _judged;
    private string? _unknown;
    private PlotOptions _options = default!;
    private IReadOnlyList<AuditEvent> _history = [];
    private bool _missing;
    private int _revision;

    /// <summary>The study's name.</summary>
    [Parameter]
    public required string Name { get; set; }

    /// <summary>The number of the trial that is open beside the page.</summary>
    [Parameter, InAddress("trial")]
    public string? Trial { get; set; }

    /// <summary>Which of the views is shown; null for the overview.</summary>
    [Parameter, InAddress("view")]
    public string? Shown { get; set; }

    /// <summary>The plot that has the analysis view for itself.</summary>
    [Parameter, InAddress("plot")]
    public string? PlotKey { get; set; }

    /// <summary>Whether outliers are in view: <c>all</c>; otherwise they are not.</summary>
    [Parameter, InAddress(PlotChoosers.RangeName)]
    public string? Range { get; set; }

    /// <summary>The axis of the values: <c>log</c>, or linear.</summary>
    [Parameter, InAddress(PlotChoosers.ScaleName)]
    public string? Scale { get; set; }

    /// <summary>The metric of the curves; null for the objective.</summary>
    [Parameter, InAddress(PlotChoosers.MetricName)]
    public string? Metric { get; set; }

    /// <summary>The first parameter of plots over parameters.</summary>
    [Parameter, InAddress(PlotChoosers.XName)]
    public string? X { get; set; }

    /// <summary>The second parameter of plots over parameters.</summary>
    [Parameter, InAddress(PlotChoosers.YName)]
    public string? Y { get; set; }

    /// <summary>The filter of the table of trials.</summary>
    [Parameter, InAddress("filter")]
    public string? Filter { get; set; }

    /// <summary>The order of the table of trials.</summary>
    [Parameter, InAddress("sort")]
    public string? Sort { get; set; }

    [Inject]
    private StudyQueries Queries { get; set; } = default!;

    [Inject]
    private Evaluations Evaluations { get; set; } = default!;

    [Inject]
    private AuditQueries Audit { get; set; } = default!;

    [Inject]
    private StudyActions Actions { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private Pipelines Pipelines { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    private int? Open => int.TryParse(Trial, out var number) ? number : null;

    private Plot? Enlarged => Shown == Analysis ? Plot.All.FirstOrDefault(plot => plot.Key == PlotKey) : null;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        Shown = Shown is Analysis or Trials or Evaluated ? Shown : Overview;
        if (_view?.Study.Name != Name && !(_missing && _view is null))
        {
            await OpenAsync();
        }
        if (_view is not { } view)
        {
            return;
        }
        _options = PlotOptions.Of(view.Study.SearchSpace, view.Study.Metric, Range, Scale, Metric, X, Y);
        Look();
        if (Shown == Evaluated)
        {
            await EvaluateAsync(view);
        }
        if (Shown == Analysis)
        {
            StateHasChanged();
            await view.WatchStepsAsync(Closed);
            Look();
        }
    }

    private async Task EvaluateAsync(StudyView view)
    {
        // Another trial may have become the best.
        if (view.Summary.Best?.Number is not { } best || best == _judged)
        {
            return;
        }
        _judged = best;
        try
        {
            (_evaluation, _unknown) = (await Evaluations.OfStudyAsync(Name, best, Closed), null);
        }
        catch (ConflictException reason)
        {
            (_evaluation, _unknown) = (null, reason.Message);
        }
    }

    private async Task OpenAsync()
    {
        (_view, _snapshot, _evaluation, _judged, _unknown) = (null, null, null, null, null);
        if (await StudyView.OpenAsync(Queries, Name, Closed) is not { } view)
        {
            _missing = true;
            return;
        }
        _view = view;
        Listen(change => change.StudyId == view.Study.Id && change.Kind != ChangeKind.Output, ChangedAsync, view.Study.TrialsRequested < Many ? Interval : 2 * Interval);
        // What changed between reading and listening.
        await view.ApplyAsync([new Change(ChangeKind.Study, view.Study.Id)], Closed);
        _history = await Audit.OfStudyAsync(view.Study.Id, Closed);
    }

    private async Task ChangedAsync(IReadOnlyCollection<Change> changes)
    {
        if (_view is null)
        {
            return;
        }
        _missing = !await _view.ApplyAsync(changes, Closed);
        if (changes.Any(change => change.Kind is ChangeKind.Everything or ChangeKind.Study or ChangeKind.Model or ChangeKind.Note))
        {
            _history = await Audit.OfStudyAsync(_view.Study.Id, Closed);
        }
        if (Shown == Evaluated)
        {
            await EvaluateAsync(_view);
        }
        _revision++;
        Look();
    }

    // Options are there once the study is.
    private void Look() => _snapshot = _options is null ? null : _view?.Snapshot(_options.Metric, Clock.GetUtcNow());

    private void Set((string Name, string? Value) option) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(option.Name, option.Value), replace: true);

    private string Link(string view) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["view"] = view == Overview ? null : view,
        ["plot"] = null,
        ["trial"] = null,
    });

    private string LinkTo(Plot? plot) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["view"] = Analysis, ["plot"] = plot?.Key });

    private async Task ChooseAsync((long Run, bool Shown) choice)
    {
        await _view!.ChooseAsync(choice.Run, choice.Shown, Closed);
        _revision++;
        Look();
    }

    private void ChooseNone()
    {
        _view!.ChooseNone();
        _revision++;
        Look();
    }

    private Task PromoteAsync(int number) => Actions.PromoteAsync(Name, number);

    private void OpenTrial(int number) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("trial", number), replace: true);

    private void CloseTrial() => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("trial", (int?)null), replace: true);

    private void OnKeyAsync(KeyboardEventArgs key)
    {
        if (key.Key != "Escape")
        {
            return;
        }
        if (Open is not null)
        {
            CloseTrial();
        }
        else if (Enlarged is not null)
        {
            Navigation.NavigateTo(LinkTo(null));
        }
    }

    private async Task ReopenAsync()
    {
        _missing = false;
        await OnParametersSetAsync();
    }
}
