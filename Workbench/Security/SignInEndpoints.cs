using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Net.Http.Headers;
using Workbench.Core.Access;

namespace Workbench.Security;

/// <summary><c>/login</c> and <c>/logout</c>: a token becomes a cookie, and the cookie is ended.</summary>
internal static class SignInEndpoints
{
    private const string Path = "/login";

    /// <summary>Where the sign-in at the provider begins.</summary>
    public const string ProviderPath = Path + "/oidc";

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<OpenIdConnectSettings>().Authority is not null)
        {
            routes.MapGet(ProviderPath, LeadToProviderAsync).AllowAnonymous().ExcludeFromDescription();
        }
        routes.MapGet(Path, OpenAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost(Path, EnterAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/logout", LeaveAsync).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>The address of the sign-in that leads back to what was asked for.</summary>
    public static string Address(HttpRequest request) => request.Path.Value is null or "" or "/"
        ? request.PathBase + Path
        : $"{request.PathBase}{Path}{QueryString.Create("returnUrl", request.PathBase + request.Path + request.QueryString)}";

    /// <summary>A link to the sign-in; with a token that the workbench made itself it signs in, one that a person chose is not shown.</summary>
    public static string Link(Uri workbench, FirstToken token) =>
        $"{workbench.AbsoluteUri.TrimEnd('/')}{Path}{(token.IsGenerated ? QueryString.Create("t", token.Secret) : QueryString.Empty)}";

    // The token of a link is gone from the address bar with the redirect, and no page is told of it as the one before.
    private static async Task<IResult> OpenAsync(string? t, string? returnUrl, HttpContext context, KnownTokens tokens, SignInPage page)
    {
        context.Response.Headers[HeaderNames.CacheControl] = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (t is { Length: > 0 })
        {
            return await JudgeAsync(t, returnUrl, context, tokens, page);
        }
        return Grant.Of(context.User)?.Scope >= Scope.Read ? Results.Redirect(Own(returnUrl, context.Request)) : page.Show(context, returnUrl);
    }

    private static async Task<IResult> LeadToProviderAsync(string? returnUrl, HttpContext context, SignInPage page)
    {
        try
        {
            await context.ChallengeAsync(AccessSchemes.OpenIdConnect, new AuthenticationProperties { RedirectUri = Own(returnUrl, context.Request) });
            return Results.Empty;
        }
        // What the provider says of itself is asked for with the first sign-in.
        catch (InvalidOperationException exception) when (exception.GetBaseException() is IOException or HttpRequestException or SocketException or AuthenticationException)
        {
            return page.Show(context, returnUrl, "The provider does not answer. Try again in a moment, or sign in with a token.", StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task<IResult> EnterAsync(HttpContext context, KnownTokens tokens, SignInPage page)
    {
        context.Response.Headers[HeaderNames.CacheControl] = "no-store";
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        return await JudgeAsync(form["token"].ToString().Trim(), form["returnUrl"], context, tokens, page);
    }

    private static async Task<IResult> JudgeAsync(string token, string? returnUrl, HttpContext context, KnownTokens tokens, SignInPage page)
    {
        try
        {
            if (await tokens.JudgeAsync(token, context.Connection.RemoteIpAddress, context.RequestAborted) is not { } grant)
            {
                return page.Show(context, returnUrl, "This token is wrong, was revoked or has expired.");
            }
            if (grant.Scope < Scope.Read)
            {
                return page.Show(context, returnUrl, $"The token “{grant.Name}” is for predictions alone. Pages need one with the scope read.");
            }
            await SignInAsync(context, grant);
            return Results.Redirect(Own(returnUrl, context.Request));
        }
        catch (TooManyAttemptsException exception)
        {
            context.Response.Headers.RetryAfter = exception.Seconds;
            return page.Show(context, returnUrl, exception.Message, StatusCodes.Status429TooManyRequests);
        }
    }

    private static Task SignInAsync(HttpContext context, Grant grant) => context.SignInAsync(
        AccessSchemes.Cookie,
        (grant with { Session = Guid.NewGuid().ToString("N") }).ToPrincipal(AccessSchemes.Cookie),
        new AuthenticationProperties { IsPersistent = true });

    // The cookie is ended as well as removed, and with it the open pages: there may be a copy of it.
    private static async Task<IResult> LeaveAsync(HttpContext context, KnownTokens tokens, TimeProvider clock)
    {
        if (Grant.Of(context.User)?.Session is { } session)
        {
            await tokens.EndSessionAsync(session, clock.GetUtcNow() + AccessServices.SignedInFor);
        }
        await context.SignOutAsync(AccessSchemes.Cookie);
        return Results.Redirect(context.Request.PathBase + Path);
    }

    // A link must not lead from the sign-in to another site. A header takes nothing but ASCII; addresses of the workbench's own are escaped.
    private static string Own(string? address, HttpRequest request) =>
        address is ['/', not ('/' or '\\'), ..] && address.All(c => c is >= '!' and <= '~') ? address : $"{request.PathBase}/";
}
