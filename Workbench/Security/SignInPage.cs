using System.Text.Encodings.Web;

namespace Workbench.Security;

/// <summary>The page on which one signs in.</summary>
/// <param name="provider">Where else one may sign in.</param>
internal sealed class SignInPage(OpenIdConnectSettings provider)
{
    /// <summary>Shows the page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="returnUrl">Where to go after signing in.</param>
    /// <param name="fault">Why signing in has failed; null at first.</param>
    /// <param name="faultStatus">The status for a fault.</param>
    public IResult Show(HttpContext context, string? returnUrl, string? fault = null, int faultStatus = StatusCodes.Status401Unauthorized)
    {
        var content = $"""
            {(fault is null ? "" : $"<p id=\"fault\" class=\"fault\" role=\"alert\">{Encode(fault)}</p>")}
            {(provider.Authority is null ? "" : Provider(context, returnUrl))}
            <form method="post" action="{Encode(context.Request.PathBase + "/login")}">
              <label for="token">Access token</label>
              <input id="token" name="token" type="password" required autofocus autocomplete="current-password" spellcheck="false"{(fault is null ? "" : " aria-describedby=\"fault\"")}>
              <input type="hidden" name="returnUrl" value="{Encode(returnUrl ?? "")}">
              <button type="submit">Sign in</button>
            </form>
            <footer>The first token is in the link that <code>serve</code> prints, and in the file <code>token</code> in the data folder, unless <code>Workbench:Token</code> sets it. Others are issued in <em>Settings</em>.</footer>
            """;
        return StandalonePage.Show(context, fault is null ? StatusCodes.Status200OK : faultStatus, "Sign in", content);
    }

    private string Provider(HttpContext context, string? returnUrl)
    {
        var address = context.Request.PathBase + SignInEndpoints.ProviderPath + QueryString.Create("returnUrl", returnUrl ?? "");
        return $"""
            <p class="ways"><a class="button" href="{Encode(address)}">Sign in with {Encode(new Uri(provider.Authority!).Host)}</a></p>
            <p class="or">or with a token</p>
            """;
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
