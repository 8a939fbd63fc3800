using MudBlazor;
using Workbench.Core.Access;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Components.Studies;

/// <summary>Deletes studies for the person in front of the screen, without a question but with a way back. One for each circuit, since
/// the page that deletes is gone when the person thinks better of it.</summary>
public sealed class StudyDeletion(StudyService studies, ISnackbar messages)
{
    private const int SecondsToUndo = 15;

    /// <summary>Deletes a study and offers to undo that.</summary>
    /// <exception cref="NotFoundException">There is no such study.</exception>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        var study = await studies.DeleteAsync(name, cancellationToken);
        messages.Add(
            $"Deleted “{name}”.",
            Severity.Normal,
            options =>
            {
                options.Action = "Undo";
                options.ActionColor = Color.Primary;
                options.ActionVariant = Variant.Text;
                options.HideIcon = true;
                options.VisibleStateDuration = SecondsToUndo * 1000;
                options.OnClick = _ => UndoAsync(study);
            },
            key: $"deleted-{study.Id}");
    }

    private async Task UndoAsync(Study study)
    {
        try
        {
            await studies.RestoreAsync(study.Name, study.Id);
            messages.Add($"“{study.Name}” is back.", Severity.Success);
        }
        catch (Exception exception) when (exception is ConflictException or NotFoundException or ForbiddenException)
        {
            messages.Add(exception.Message, Severity.Error);
        }
        catch (Exception exception) when (DatabaseOutage.Explain(exception) is { } outage)
        {
            messages.Add($"{outage} The study can be restored on the page of all studies.", Severity.Error);
        }
    }
}
