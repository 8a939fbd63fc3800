using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using MudBlazor;
using Workbench.Components.Layout;
using Workbench.Components.Parts;
using Workbench.Core.Access;
using Workbench.Core.Commands;
using Workbench.Core.Datasets;
using Workbench.Core.Encoders;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Components.Launch;

/// <summary>
/// Asks for a new study. What most studies need is in sight, the rest is folded. Faults show at their field as it is typed; what the
/// workbench refuses shows there, too, and nothing typed is lost.
/// </summary>
public sealed partial class LaunchDialog
{
    private static readonly Dictionary<string, string> InnerPruners = PrunerSettings.All
        .Where(pruner => pruner is not (NoPrunerSettings or PatientSettings))
        .ToDictionary(pruner => JsonSerializer.SerializeToElement(pruner).GetProperty("type").GetString()!, pruner => pruner.DisplayName);

    private LaunchForm _form = default!;
    private bool _ready;
    private ElementReference _name;
    private bool _focused;
    private IReadOnlyList<StudySummary> _studies = [];
    private IReadOnlyList<DatasetSummary> _datasets = [];
    private IReadOnlyList<DatasetSummary> _versions = [];
    private IReadOnlyList<TrialTime> _times = [];
    private LaunchFaults _faults = new(new Dictionary<string, string>());
    private DurationEstimate? _estimate;
    private string _from = "";
    private bool _busy;
    // The same until something is edited: should the answer get lost, submitting again launches nothing twice.
    private string _key = SubmissionKeys.New();
    private string? _conflict;

    /// <summary>The study whose settings to begin with; null for defaults.</summary>
    [Parameter]
    public string? From { get; set; }

    /// <summary>The dataset to begin with; null for the first.</summary>
    [Parameter]
    public string? OnDataset { get; set; }

    /// <summary>Its version; null for the newest.</summary>
    [Parameter]
    public int? OnVersion { get; set; }

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = default!;

    [Inject]
    private StudyService Service { get; set; } = default!;

    [Inject]
    private IdempotentRequests Requests { get; set; } = default!;

    [Inject]
    private StudyQueries Queries { get; set; } = default!;

    [Inject]
    private StudyOverview Overview { get; set; } = default!;

    [Inject]
    private Pipelines Pipelines { get; set; } = default!;

    [Inject]
    private DatasetCatalog Datasets { get; set; } = default!;

    [Inject]
    private DatasetBrowser Browser { get; set; } = default!;

    [Inject]
    private EncoderCatalog Encoders { get; set; } = default!;

    [Inject]
    private IOptions<CommandOptions> Commands { get; set; } = default!;

    [Inject]
    private StatusFeed Status { get; set; } = default!;

    /// <summary>Shows the dialog; the launched study's name, or null when a person thinks better of it.</summary>
    /// <param name="dialogs">Where to show it.</param>
    /// <param name="from">The study whose settings to begin with; null for defaults.</param>
    /// <param name="dataset">The dataset to begin with; null for the study's, or the first.</param>
    /// <param name="version">Its version; null for the newest.</param>
    public static async Task<string?> ShowAsync(IDialogService dialogs, string? from = null, string? dataset = null, int? version = null)
    {
        var dialog = await dialogs.ShowAsync<LaunchDialog>(
            from is null ? "New study" : "Launch again",
            new DialogParameters<LaunchDialog> { { d => d.From, from }, { d => d.OnDataset, dataset }, { d => d.OnVersion, version } },
            // A click beside it must not lose what was typed.
            new DialogOptions { MaxWidth = MaxWidth.Small, FullWidth = true, BackdropClick = false });
        return await dialog.Result is { Canceled: false, Data: string name } ? name : null;
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        // Those that clients train are launched by them.
        var all = await Queries.ListAsync();
        _studies = [.. all.Where(summary => summary.Study.Dataset is not null || (summary.Study.Command is not null && Commands.Value.Allow))];
        _datasets = await Datasets.ListAsync();
        _form = new LaunchForm(Pipelines.All[0], _datasets, [.. all.Select(summary => summary.Study.Name)]);
        var gone = From is not null && !Adopt(From);
        if (_datasets.Any(dataset => dataset.Name == OnDataset))
        {
            _form.ChooseDataset(OnDataset!);
        }
        await ReadVersionsAsync();
        if (OnVersion is { } version && _form.Dataset == OnDataset)
        {
            ChooseVersion(version);
        }
        await ReadTimesAsync();
        _conflict = !gone ? null
            : all.Any(summary => summary.Study.Name == From) ? $"'{From}' is not trained here: it is launched again where it came from. These are the defaults."
            : $"There is no study '{From}' any more. These are the defaults.";
        // Only now: what a person types before all is known would be lost.
        _ready = true;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_ready && !_focused && Focus.CanMoveTo(_name))
        {
            _focused = true;
            await Focus.MoveToAsync(_name);
        }
    }

    private async Task ChoosePipelineAsync(ChangeEventArgs change)
    {
        if (change.Value is Study.OfCommand)
        {
            _form.ChooseCommand();
            Edited();
            return;
        }
        _form.Choose(Pipelines.Get((string)change.Value!));
        _from = "";
        await ReadTimesAsync();
    }

    private async Task ChooseDatasetAsync(ChangeEventArgs change)
    {
        _form.ChooseDataset((string)change.Value!);
        _versions = await Browser.VersionsAsync(_form.Dataset);
        await ReadTimesAsync();
    }

    private async Task ChooseVersionAsync(ChangeEventArgs change)
    {
        ChooseVersion(int.Parse((string)change.Value!, CultureInfo.InvariantCulture));
        await ReadTimesAsync();
    }

    // The newest goes without saying, so that a version that is imported while the dialog is open is not refused for an older one.
    private void ChooseVersion(int number) =>
        _form.ChooseDataset(_form.Dataset, Older(number));

    private DatasetSummary? Older(int? number) => _versions.Skip(1).FirstOrDefault(version => version.Version == number);

    private async Task ReadVersionsAsync()
    {
        _versions = await Browser.VersionsAsync(_form.Dataset);
        // Like an earlier study is also on its version.
        if (_studies.FirstOrDefault(summary => summary.Study.Name == _from)?.Study is { } study && study.Dataset == _form.Dataset)
        {
            _form.Keep(Older(study.DatasetVersion));
        }
    }

    private async Task ChooseEarlierAsync(ChangeEventArgs change)
    {
        if (change.Value is not string { Length: > 0 } name || !Adopt(name))
        {
            _form.Choose(_form.Pipeline);
            _from = "";
        }
        await ReadVersionsAsync();
        await ReadTimesAsync();
    }

    private bool Adopt(string name)
    {
        if (_studies.FirstOrDefault(summary => summary.Study.Name == name)?.Study is not { } study)
        {
            return false;
        }
        if (study.Command is not null)
        {
            _form.ChooseCommand(study);
        }
        else
        {
            _form.Choose(study, Pipelines.Get(study.Pipeline));
        }
        _from = name;
        return true;
    }

    private async Task ReadTimesAsync()
    {
        _times = await Overview.TimesAsync(_form.Pipeline.Name, _form.Dataset, DurationEstimate.Looked);
        Edited();
    }

    private string EncoderNote => Encoders.Find(_form.Encoder ?? "")?.Description ?? "";

    private string DatasetNote => (_versions.FirstOrDefault(version => version.Version == _form.DatasetVersion) ?? _datasets.FirstOrDefault(dataset => dataset.Name == _form.Dataset)) is { } chosen
        ? string.Create(CultureInfo.InvariantCulture, $"{chosen.Schema.Count:N0} pictures in {chosen.Schema.Classes.Count} classes.")
        : "";

    private void ChooseSplit(ChangeEventArgs change)
    {
        _form.OwnSplit = change.Value is "own";
        Edited();
    }

    private void ResetSpace()
    {
        _form.ResetSpace();
        Edited();
    }

    private void Edited()
    {
        (_conflict, _key) = (null, SubmissionKeys.New());
        _faults = new(_form.Faults());
        _estimate = !_faults.None || _form.Command is not null
            ? null
            : DurationEstimate.Of(
                _times, _form.Space.Read(), _form.Trials!.Value, _form.Jobs!.Value, Status.Now.Workers,
                _form.Steering.Stopping?.Seconds);
    }

    private async Task SubmitAsync()
    {
        if (!_ready || _busy || !_faults.None)
        {
            return;
        }
        _busy = true;
        (_faults, _conflict) = (new(_form.Faults()), null);
        try
        {
            var request = _form.Request();
            var launched = await Requests.OnceAsync(_key, new { launch = request }, () => Service.LaunchAsync(request));
            Dialog.Close(DialogResult.Ok(launched.Summary.Study.Name));
        }
        catch (FieldException exception)
        {
            // "enqueue[2].epochs" is said of the one field that all sets are typed into.
            _faults = new(_form.Faults(), (exception.Field.Split('[')[0], exception.Message));
        }
        catch (Exception exception) when (exception is ConflictException or SearchException or ForbiddenException)
        {
            _conflict = exception.Message;
        }
        catch (Exception exception) when (DatabaseOutage.Explain(exception) is { } outage)
        {
            _conflict = $"{outage} Nothing is lost: try again in a moment.";
        }
        finally
        {
            _busy = false;
        }
    }

    private string Tone(string field) => _faults.Of(field) is null ? "hint" : "fault";

    private string Invalid(string field) => _faults.Of(field) is null ? "false" : "true";
}
