using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Npgsql;
using Workbench.Core.Datasets;
using Workbench.Core.Platform;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Components.Studies;

/// <summary>Asks for a new study. Faults show at their field as it is typed; what the workbench refuses shows here, and nothing typed is lost.</summary>
public sealed partial class LaunchDialog
{
    private string _name = "";
    private int? _trials = 20;
    private int? _jobs = Machine.Cores;
    private string _pipeline = "";
    private int _sampler;
    private int _pruner;
    private string _seed = "";
    private bool _named;
    private bool _busy;
    private string? _conflict;
    private FieldException? _refused;
    private IReadOnlyCollection<string> _taken = [];

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = default!;

    [Inject]
    private StudyService Service { get; set; } = default!;

    [Inject]
    private StudyQueries Queries { get; set; } = default!;

    [Inject]
    private Pipelines Pipelines { get; set; } = default!;

    private long? Seed => long.TryParse(_seed.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : null;

    private Dictionary<string, string> Faults => FindFaults().ToDictionary(fault => fault.Field, fault => fault.Message);

    /// <summary>Shows the dialog; the launched study's name, or null when a person thinks better of it.</summary>
    public static async Task<string?> ShowAsync(IDialogService dialogs)
    {
        var dialog = await dialogs.ShowAsync<LaunchDialog>("New study", new DialogOptions { MaxWidth = MaxWidth.Small, FullWidth = true });
        return await dialog.Result is { Canceled: false, Data: string name } ? name : null;
    }

    /// <summary>The first name of the form <c>mnist-transfer-3</c> that no study has.</summary>
    internal static string FreeName(string dataset, string pipeline, IReadOnlyCollection<string> taken) =>
        Enumerable.Range(1, taken.Count + 1).Select(i => $"{dataset}-{pipeline}-{i}").First(name => !taken.Contains(name));

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _pipeline = Pipelines.All[0].Name;
        _taken = [.. (await Queries.ListAsync()).Select(summary => summary.Study.Name)];
        PipelineChosen();
    }

    private void PipelineChosen()
    {
        if (!_named)
        {
            _name = FreeName(DatasetCatalog.Names.First(), _pipeline, _taken);
        }
        _pruner = PrunerSettings.All.ToList().FindIndex(pruner => pruner.GetType() == Pipelines.Get(_pipeline).Pruner.GetType());
        (_refused, _conflict) = (null, null);
    }

    private void Edited()
    {
        _named = _name != FreeName(DatasetCatalog.Names.First(), _pipeline, _taken);
        (_refused, _conflict) = (null, null);
    }

    private async Task SubmitAsync()
    {
        if (_busy || Faults.Count > 0)
        {
            return;
        }
        _busy = true;
        (_refused, _conflict) = (null, null);
        try
        {
            var (study, _) = await Service.LaunchAsync(new StudyRequest(
                _name, _trials!.Value, _jobs, _pipeline, null, SamplerSettings.All[_sampler], PrunerSettings.All[_pruner], Seed));
            Dialog.Close(DialogResult.Ok(study.Name));
        }
        catch (FieldException exception)
        {
            _refused = exception;
        }
        catch (Exception exception) when (exception is ConflictException or SearchException)
        {
            _conflict = exception.Message;
        }
        catch (NpgsqlException)
        {
            _conflict = "The database does not answer. Nothing is lost: try again in a moment.";
        }
        finally
        {
            _busy = false;
        }
    }

    private IEnumerable<(string Field, string Message)> FindFaults()
    {
        if (StudyRequest.NameFault(_name) is { } name)
        {
            yield return ("name", name);
        }
        else if (_taken.Contains(_name))
        {
            yield return ("name", $"There is a study '{_name}'. Open it to add trials, or choose another name.");
        }
        if (_trials is not (>= 1 and <= StudyRequest.MaximumTrials))
        {
            yield return ("trials", string.Create(CultureInfo.InvariantCulture, $"From 1 to {StudyRequest.MaximumTrials:N0}."));
        }
        if (_jobs is not (>= 1 and <= StudyRequest.MaximumJobs))
        {
            yield return ("jobs", $"From 1 to {StudyRequest.MaximumJobs}.");
        }
        if (_seed.Trim().Length > 0 && Seed is null)
        {
            yield return ("seed", "A whole number, not negative, or nothing.");
        }
    }

    private string? Fault(string field) => Faults.GetValueOrDefault(field) ?? (_refused?.Field == field ? _refused.Message : null);

    private string Tone(string field) => Fault(field) is null ? "hint" : "fault";

    private string Invalid(string field) => Fault(field) is null ? "false" : "true";
}
