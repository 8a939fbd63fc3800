namespace Workbench.Api;

/// <summary>
/// Takes several slashes at the beginning of a path for one, as MLflow's own server does: who puts an address with a slash at its end before a
/// path gets two.
/// </summary>
internal static class LeadingSlashes
{
    /// <summary>Adds it; it must come before all that looks at paths.</summary>
    public static void UseOneLeadingSlash(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Request.Path.Value is ['/', '/', ..] and var path)
        {
            context.Request.Path = $"/{path.TrimStart('/')}";
        }
        return next(context);
    });
}
