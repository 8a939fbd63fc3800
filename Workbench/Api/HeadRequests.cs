namespace Workbench.Api;

/// <summary>
/// Answers HEAD wherever there is a GET, as HTTP demands: routes name their methods, and most name only GET. The server sends no body,
/// whatever the endpoint writes, since it has read the method itself.
/// </summary>
internal static class HeadRequests
{
    /// <summary>Adds it; it must come before routing.</summary>
    public static void UseHeadAsGet(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await next(context);
            return;
        }
        context.Request.Method = HttpMethods.Get;
        try
        {
            await next(context);
        }
        finally
        {
            context.Request.Method = HttpMethods.Head;
        }
    });
}
