namespace Workbench.Api;

/// <summary>
/// Refuses requests that another web site makes through a visitor's browser. Workbench has no passwords on loopback, so a page on the
/// web must not be able to delete a study there. Browsers say where a request comes from in <c>Sec-Fetch-Site</c>; programs send none.
/// </summary>
internal static class CrossSiteGuard
{
    public static void UseCrossSiteGuard(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var from = context.Request.Headers["Sec-Fetch-Site"].ToString();
        var method = context.Request.Method;
        var reads = HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
        if (reads || from is "" or "same-origin" or "none")
        {
            await next(context);
            return;
        }
        await Results.Problem("Requests from other web sites are refused.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
    });
}
