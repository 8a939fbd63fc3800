namespace Workbench.Security;

/// <summary>
/// Refuses what another web site asks for through a visitor's browser: changes, and the connection of a circuit. A browser sends a sign-in's
/// cookie along, and on loopback there is no sign-in, so that a page on the web could delete a study. Programs name no site.
/// </summary>
internal static class ForeignSites
{
    /// <summary>Adds it; it must come after the middleware for forwarded headers, which tells the host that the browser knows.</summary>
    public static void RefuseForeignSites(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var request = context.Request;
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        return (reads && !request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase)) || Foreign(request) is not { } site
            ? next(context)
            : Results.Problem(
                $"This request comes from {site}, and not from {request.Scheme}://{request.Host}: those of other web sites are refused. "
                + "If that is the address of a proxy before the workbench, the proxy must pass the Host header on.",
                statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
    });

    /// <returns>The other site; null for none.</returns>
    private static string? Foreign(HttpRequest request)
    {
        var from = request.Headers["Sec-Fetch-Site"].ToString();
        if (from is not ("" or "same-origin" or "none"))
        {
            return "another web site";
        }
        // Without TLS browsers send no Sec-Fetch-Site; with a change they always send an Origin.
        var site = request.Headers.Origin.ToString() is { Length: > 0 } origin ? origin : request.Headers.Referer.ToString();
        return site.Length == 0 || (Uri.TryCreate(site, UriKind.Absolute, out var address) && IsOwn(address, request)) ? null
            : address is null ? "an unnamed site"
            : address.GetLeftPart(UriPartial.Authority);
    }

    private static bool IsOwn(Uri site, HttpRequest request) =>
        // A proxy that speaks TLS may not tell so; the other way round a machine in between speaks for a site that has TLS.
        (site.Scheme == Uri.UriSchemeHttps || (site.Scheme == Uri.UriSchemeHttp && !request.IsHttps))
        && site.Authority.Equals(Uri.TryCreate($"{site.Scheme}://{request.Host}", UriKind.Absolute, out var own) ? own.Authority : null, StringComparison.OrdinalIgnoreCase);
}
