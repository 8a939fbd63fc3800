using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Workbench.Components.Charts;
using Workbench.Components.Data;
using Workbench.Components.Parts;
using Workbench.Core.Access;
using Workbench.Core.Datasets;
using Workbench.Core.Evaluation;
using Workbench.Core.Tracking;

namespace Workbench.Components.Evaluation;

/// <summary>How a trial answers what it was not trained on, and the pictures behind it, which can be mended from here.</summary>
public sealed partial class EvaluationView
{
    private const int MostPictures = 200;
    private static readonly string[] Parts = [EvaluationParts.Test, EvaluationParts.Validation];

    private readonly HashSet<int> _selected = [];
    private TrialEvaluation? _of;
    private string _part = EvaluationParts.Validation;
    private EvaluationReport _report = default!;
    private Chart _calibration = default!;
    private (int Label, int Answer)? _cell;
    private List<Mistake> _shown = [];
    private int _more;
    private bool _busy;

    /// <summary>The answers.</summary>
    [Parameter, EditorRequired]
    public required TrialEvaluation Evaluation { get; set; }

    [Inject]
    private DatasetEditor Editor { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private ISnackbar Messages { get; set; } = default!;

    private HeldOut Answers => Evaluation.Answers;

    private Predictions Shown => _part == EvaluationParts.Test ? Answers.Test! : Answers.Validation;

    private int Hits => (int)Math.Round(_report.Accuracy * _report.Count);

    private string Title => $"Trial {Evaluation.Trial}";

    // Those of the program itself can't be changed.
    private bool CanEdit => Evaluation.Study is { DatasetVersion: not null, Dataset: not DatasetCatalog.Default };

    private string What => _part == EvaluationParts.Test ? EvaluationParts.OfTest : EvaluationParts.OfValidation;

    private string PicturesTitle => _cell is var (label, answer)
        ? label == answer ? $"{Answers.Classes[label]}, recognized" : $"{Answers.Classes[label]}, answered as {Answers.Classes[answer]}"
        : "The most confident mistakes";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_of, Evaluation))
        {
            return;
        }
        _of = Evaluation;
        ChoosePart(Answers.Test is null ? EvaluationParts.Validation : EvaluationParts.Test);
    }

    private void ChoosePart(string part)
    {
        _part = part;
        _report = EvaluationReport.Of(Shown, Answers.Classes);
        _calibration = CalibrationCurve.Draw((Title, _report));
        ClearCell();
    }

    private void ClearCell()
    {
        (_cell, _shown, _more) = (null, [.. _report.Mistakes], Math.Max(0, _report.Count - Hits - _report.Mistakes.Count));
        _selected.Clear();
    }

    private void ChooseCell(int label, int answer)
    {
        _cell = (label, answer);
        var all = Enumerable.Range(0, Shown.Count).Where(i => Shown.Labels[i] == label && Shown.Answers[i] == answer)
            .OrderByDescending(i => label == answer ? -Shown.Confidences[i] : Shown.Confidences[i]).ToList();
        _shown = [.. all.Take(MostPictures).Select(i => new Mistake(Shown.Items[i], label, answer, Shown.Confidences[i], Shown.OfLabels[i]))];
        _more = all.Count - _shown.Count;
        _selected.Clear();
    }

    private void Toggle(int item)
    {
        if (!_selected.Remove(item))
        {
            _selected.Add(item);
        }
    }

    private async Task MoveAsync()
    {
        // What was answered is most often where they belong.
        var from = _cell is var (_, answer) ? Answers.Classes[answer] : "";
        if (await ClassDialog.AskAsync(Dialogs, _selected.Count == 1 ? "Move 1 picture to a class" : $"Move {_selected.Count} pictures to a class", "Move", Answers.Classes, from) is { } to)
        {
            await EditAsync(new DatasetEdit(Move: [.. _selected], To: to));
        }
    }

    private async Task EditAsync(DatasetEdit edit)
    {
        _busy = true;
        try
        {
            var (dataset, version) = (Evaluation.Study.Dataset!, Evaluation.Study.DatasetVersion!.Value);
            var added = await Editor.EditAsync(dataset, version, edit);
            Messages.Add($"That is version {added.Version} of {dataset}; this study keeps version {version}.", Severity.Success);
            _selected.Clear();
        }
        catch (Exception exception) when (exception is FieldException or NotFoundException or ConflictException or ForbiddenException)
        {
            Messages.Add(exception.Message, Severity.Error);
        }
        catch (Exception exception) when (DatabaseOutage.Explain(exception) is { } outage)
        {
            Messages.Add($"{outage} Nothing was changed.", Severity.Error);
        }
        finally
        {
            _busy = false;
        }
    }

    private string Told(Mistake mistake) => mistake.Label == mistake.Answer
        ? $"{Answers.Classes[mistake.Label]}, {Format.Percent(mistake.Confidence)} sure"
        : $"{Answers.Classes[mistake.Answer]} with {Format.Percent(mistake.Confidence)}, {Answers.Classes[mistake.Label]} with {Format.Percent(mistake.OfLabel)}";

    private static string Percent(double? share) => share is { } known ? Format.PreciseShare(known) : "–";

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
