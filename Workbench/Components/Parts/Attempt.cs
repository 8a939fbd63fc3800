using MudBlazor;
using Workbench.Core.Access;
using Workbench.Core.Artifacts;
using Workbench.Core.Tracking;

namespace Workbench.Components.Parts;

/// <summary>Doing what a person asked for.</summary>
internal static class Attempt
{
    /// <summary>Does it; when that is not possible, says why, and everything stays as it is.</summary>
    /// <returns>Whether it was done.</returns>
    public static async Task<bool> TryAsync(this ISnackbar messages, Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (Exception exception) when (exception is ConflictException or NotFoundException or FieldException or ForbiddenException or ArtifactStoreException)
        {
            messages.Add(exception.Message, Severity.Error);
        }
        catch (Exception exception) when (DatabaseOutage.Explain(exception) is { } outage)
        {
            messages.Add($"{outage} Try again in a moment.", Severity.Error);
        }
        return false;
    }
}
