using System.Text;
using System.Text.Encodings.Web;

namespace Workbench.Security;

/// <summary>The page on which one signs in. It has everything in itself: what else the workbench serves is behind the sign-in.</summary>
/// <param name="provider">Where else one may sign in.</param>
internal sealed class SignInPage(OpenIdConnectSettings provider)
{
    private readonly Lazy<string> _template = new(() => Text("sign-in.html")
        .Replace("/*tokens*/", Text("tokens.css"), StringComparison.Ordinal)
        .Replace("{font}", Convert.ToBase64String(Bytes("inter.woff2")), StringComparison.Ordinal));

    /// <summary>Shows the page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="returnUrl">Where to go after signing in.</param>
    /// <param name="fault">Why signing in has failed; null at first.</param>
    /// <param name="faultStatus">The status for a fault.</param>
    public IResult Show(HttpContext context, string? returnUrl, string? fault = null, int faultStatus = StatusCodes.Status401Unauthorized)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "same-origin";
        headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        var encode = HtmlEncoder.Default;
        var html = _template.Value
            .Replace("{action}", encode.Encode(context.Request.PathBase + "/login"), StringComparison.Ordinal)
            .Replace("{returnUrl}", encode.Encode(returnUrl ?? ""), StringComparison.Ordinal)
            .Replace("{provider}", provider.Authority is null ? "" : Provider(context, returnUrl), StringComparison.Ordinal)
            .Replace("{fault}", fault is null ? "" : $"<p class=\"fault\" role=\"alert\">{encode.Encode(fault)}</p>", StringComparison.Ordinal);
        return Results.Text(html, "text/html", Encoding.UTF8, fault is null ? StatusCodes.Status200OK : faultStatus);
    }

    private string Provider(HttpContext context, string? returnUrl)
    {
        var address = context.Request.PathBase + SignInEndpoints.ProviderPath + QueryString.Create("returnUrl", returnUrl ?? "");
        return $"""
            <a class="button" href="{HtmlEncoder.Default.Encode(address)}">Sign in with {HtmlEncoder.Default.Encode(new Uri(provider.Authority!).Host)}</a>
            <p class="or">or with a token</p>
            """;
    }

    private static string Text(string name) => Encoding.UTF8.GetString(Bytes(name));

    private static byte[] Bytes(string name)
    {
        using var stream = typeof(SignInPage).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
