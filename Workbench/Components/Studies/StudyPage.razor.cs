using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;
using Workbench.Components.Charts;
using Workbench.Components.Parts;
using Workbench.Core.Registry;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Components.Studies;

/// <summary>One study, live.</summary>
public sealed partial class StudyPage : LiveComponent
{
    private static readonly string[] Metrics = ["val_accuracy", "val_loss", "accuracy", "loss"];
    private static readonly string[] Ranges = ["Focus", "All"];

    private StudyView? _view;
    private Chart? _history;
    private Chart? _curves;
    private string _metric = Metrics[0];
    private string _range = Ranges[0];
    private bool _missing;
    private int _revision;

    /// <summary>The study's name.</summary>
    [Parameter]
    public required string Name { get; set; }

    /// <summary>The trial that is open beside the page.</summary>
    [SupplyParameterFromQuery]
    public int? Trial { get; set; }

    [Inject]
    private StudyQueries Queries { get; set; } = default!;

    [Inject]
    private StudyService Service { get; set; } = default!;

    [Inject]
    private StudyDeletion Deletion { get; set; } = default!;

    [Inject]
    private ModelRegistry Registry { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_view?.Study.Name == Name || (_missing && _view is null))
        {
            return;
        }
        _view = null;
        if (await StudyView.OpenAsync(Queries, Name, Closed) is not { } view)
        {
            _missing = true;
            return;
        }
        _metric = view.Study.Metric;
        _view = view;
        Draw(true, true);
        Listen(change => change.StudyId == view.Study.Id, ChangedAsync);
        // What changed between reading and listening.
        await view.ApplyAsync([new Change(ChangeKind.Study, view.Study.Id)], Closed);
    }

    private async Task ChangedAsync(IReadOnlyCollection<Change> changes)
    {
        if (_view is null)
        {
            return;
        }
        _missing = !await _view.ApplyAsync(changes, Closed);
        _revision++;
        Draw(changes.Any(c => c.Kind is not ChangeKind.Progress), changes.Any(c => c.RunId != 0 || c.Kind == ChangeKind.Everything));
    }

    private void Draw(bool history, bool curves)
    {
        if (_view is null)
        {
            return;
        }
        if (history)
        {
            _history = OptimizationHistory.Draw(_view.Study, _view.Trials, _range == Ranges[0]);
        }
        if (curves)
        {
            _curves = MetricCurves.Draw(_metric, _view.Curves(_metric));
        }
    }

    private void SetMetric(string metric)
    {
        _metric = metric;
        Draw(false, true);
    }

    private void SetRange(string range)
    {
        _range = range;
        Draw(true, false);
    }

    private async Task ChooseAsync((long Run, bool Shown) choice)
    {
        await _view!.ChooseAsync(choice.Run, choice.Shown, Closed);
        _revision++;
        Draw(false, true);
    }

    private void ChooseNone()
    {
        _view!.ChooseNone();
        _revision++;
        Draw(false, true);
    }

    private void OpenTrial(int number) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("trial", number), replace: true);

    private void CloseTrial() => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("trial", (int?)null), replace: true);

    private void OnKeyAsync(KeyboardEventArgs key)
    {
        if (key.Key == "Escape" && Trial is not null)
        {
            CloseTrial();
        }
    }

    private async Task StopAsync() => await TryAsync(() => Service.StopAsync(Name, Closed));

    private async Task ResumeAsync() => await TryAsync(() => Service.ResumeAsync(Name, Closed));

    private async Task AddAsync()
    {
        if (await AddTrialsDialog.AskAsync(Dialogs, _view!.Study) is { } trials)
        {
            await TryAsync(() => Service.LaunchAsync(new StudyRequest(Name, trials, _view.Study.Jobs), Closed));
        }
    }

    private async Task PromoteAsync(int? trial)
    {
        if (await TryAsync(async () =>
        {
            var promotion = await Registry.PromoteAsync(Name, trial, Closed);
            Say($"Building version {promotion.Version} of {promotion.Model} on all the data.");
        }))
        {
            _revision++;
        }
    }

    private async Task DeleteAsync()
    {
        if (await TryAsync(() => Deletion.DeleteAsync(Name, Closed)))
        {
            Navigation.NavigateTo("studies");
        }
    }

    private async Task ReopenAsync()
    {
        _missing = false;
        await OnParametersSetAsync();
    }
}
