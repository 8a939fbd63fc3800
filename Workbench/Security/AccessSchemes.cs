using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Workbench.Security;

/// <summary>How callers are authenticated. <see cref="Any"/> chooses: an Authorization header is judged as a token; without one this machine
/// itself needs no sign-in, and everyone else needs the cookie that a sign-in gives.</summary>
internal static class AccessSchemes
{
    public const string Any = "Workbench";
    public const string Token = "Token";
    public const string Local = "Local";
    public const string Cookie = "Cookie";
    public const string OpenIdConnect = "OpenIdConnect";

    public static string Choose(HttpContext context) =>
        context.Request.Headers.Authorization.Count > 0 ? Token
        : context.RequestServices.GetRequiredService<AccessOptions>().SignIn == SignInRule.Remote && context.IsLocal() ? Local
        : Cookie;
}

/// <summary>Grants everything: chosen only for a request that this machine makes itself.</summary>
internal sealed class LocalHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(Grant.Local.ToPrincipal(Scheme.Name), Scheme.Name)));
}

/// <summary>Judges <c>Authorization: Bearer TOKEN</c>, and <c>Basic</c> with the token as password, whatever the user name.</summary>
internal sealed class TokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KnownTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        try
        {
            return Secret() is not { Length: > 0 } secret ? AuthenticateResult.Fail("The Authorization header holds no token.")
                : await tokens.JudgeAsync(secret, Context.Connection.RemoteIpAddress, Context.RequestAborted) is { } grant
                    ? AuthenticateResult.Success(new AuthenticationTicket(grant.ToPrincipal(Scheme.Name), Scheme.Name))
                : AuthenticateResult.Fail("The token is wrong, was revoked or has expired.");
        }
        catch (TooManyAttemptsException exception)
        {
            return AuthenticateResult.Fail(exception);
        }
    }

    private string? Secret() => AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header)
        ? header.Scheme.ToLowerInvariant() switch
        {
            "bearer" => header.Parameter,
            "basic" => Password(header.Parameter ?? ""),
            _ => null,
        }
        : null;

    private static string? Password(string parameter)
    {
        Span<byte> bytes = new byte[parameter.Length];
        return Convert.TryFromBase64String(parameter, bytes, out var length)
            && Encoding.UTF8.GetString(bytes[..length]) is var pair && pair.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0
                ? pair[(colon + 1)..]
                : null;
    }
}
