using Microsoft.AspNetCore.Components.Web;
using Workbench.Core.Tracking;

namespace Workbench.Components.Parts;

/// <summary>Logs what a page has thrown: with its trace, but for an outage of the database, which every open page meets.</summary>
internal sealed partial class FaultLog(ILogger<FaultLog> logger) : IErrorBoundaryLogger
{
    /// <inheritdoc/>
    public ValueTask LogErrorAsync(Exception exception)
    {
        if (DatabaseOutage.Explain(exception) is { } outage)
        {
            LogOutage(outage);
        }
        else
        {
            LogFailed(exception);
        }
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(LogLevel.Debug, "A page waits for the database: {Reason}")]
    private partial void LogOutage(string reason);

    [LoggerMessage(LogLevel.Error, "A page failed.")]
    private partial void LogFailed(Exception exception);
}
