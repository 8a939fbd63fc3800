using Microsoft.AspNetCore.Components;
using MudBlazor;
using Workbench.Components.Charts;
using Workbench.Components.Models;
using Workbench.Components.Parts;
using Workbench.Core.Audit;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Components.Runs;

/// <summary>One trial, production build or tracked run, live.</summary>
public sealed partial class RunPage : LiveComponent
{
    private Run? _run;
    private Study? _study;
    private long? _best;
    private IReadOnlyList<MetricPoint> _points = [];
    private IReadOnlyList<(string Metric, Chart Chart)> _charts = [];
    private IReadOnlyList<ModelVersion> _versions = [];
    private IReadOnlyDictionary<string, AuditEvent> _told = new Dictionary<string, AuditEvent>();
    private TrackedRun? _tracked;
    private RunOutput? _output;
    private bool _missing;

    /// <summary>The run.</summary>
    [Parameter]
    public long Id { get; set; }

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private RunQueries Runs { get; set; } = default!;

    [Inject]
    private TrackedRunQueries TrackedRuns { get; set; } = default!;

    [Inject]
    private RunOutputs Outputs { get; set; } = default!;

    [Inject]
    private StudyQueries Studies { get; set; } = default!;

    [Inject]
    private Pipelines Pipelines { get; set; } = default!;

    [Inject]
    private ModelRegistry Registry { get; set; } = default!;

    [Inject]
    private AuditQueries Audit { get; set; } = default!;

    [Inject]
    private SubmissionKeys Submissions { get; set; } = default!;

    private string Title => _run is { Number: { } number } ? $"Trial {number}" : _run!.Name;

    private string StudyAddress => $"studies/{Uri.EscapeDataString(_study!.Name)}{(_run!.Number is { } number ? $"?trial={number}" : "")}";

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_run?.Id == Id || _tracked?.Id == Id)
        {
            return;
        }
        (_run, _tracked, _missing) = (null, null, false);
        Listen(change => change.RunId == Id || (change.StudyId == _study?.Id && change.Kind is ChangeKind.Model or ChangeKind.Study), ReadAsync);
        await ReadAsync([]);
    }

    private async Task ReadAsync(IReadOnlyCollection<Change> changes)
    {
        if (changes.Count > 0 && changes.All(change => change.Kind == ChangeKind.Output))
        {
            _output = await Outputs.FindAsync(Id, Closed);
            return;
        }
        if (await Runs.FindAsync([Id], Closed) is not [var found])
        {
            _tracked = await TrackedRuns.FindAsync(Id, Closed) is { Kind: RunKind.Tracked, IsDeleted: false } tracked ? tracked : null;
            _missing = _tracked is null;
            return;
        }
        (_study, _run) = (found.Study, found.Run);
        _points = await Studies.MetricsAsync([Id], Closed);
        _charts = RunCurves.Of(_points, Pipelines);
        _output = _study.Command is null ? null : await Outputs.FindAsync(Id, Closed);
        _versions = await Runs.VersionsAsync(_run, Closed);
        _told = _versions is [var version, ..] ? await Audit.LastOfModelAsync(version.ModelId, Closed) : _told;
        _best = await Runs.BestAsync(_study, Closed);
    }

    private AuditEvent? Promotion(ModelVersion? version) =>
        version is null ? null : _told.GetValueOrDefault(ModelRegistry.VersionSubject(_study!.Name, version.Version));

    private async Task PromoteAsync() => await TryAsync(async () =>
    {
        var (name, trial) = (_study!.Name, _run!.Number);
        if (await PromoteDialog.AskAsync(Dialogs, name, trial) is not { } production)
        {
            return;
        }
        var promotion = await Submissions.OnceAsync(new { promote = name, trial, production }, () => Registry.PromoteAsync(name, trial, production, Closed));
        Say($"Building version {promotion.Version} of {promotion.Model} on all the data.");
    });
}
