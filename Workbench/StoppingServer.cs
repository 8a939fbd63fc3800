namespace Workbench;

/// <summary>
/// Refuses new circuits from the moment in which the server is told to stop. SignalR closes those that are open only once, at that moment;
/// their pages connect again at once over connections that are still open, and the server would wait for these new ones until its limit.
/// </summary>
internal static class StoppingServer
{
    /// <summary>Adds it; it must come before what answers.</summary>
    public static void RefuseCircuitsWhileStopping(this WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        app.Use((context, next) =>
        {
            if (!stopping.IsCancellationRequested || !context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase))
            {
                return next(context);
            }
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
    }
}
