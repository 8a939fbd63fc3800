using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Workbench.Core.Tracking;

namespace Workbench.Security;

/// <summary>Signing in at an OpenID Connect provider, by authorization code with PKCE. What the provider says of a person is read once; the
/// cookie that they get is the same as for a token, and lasts half a day.</summary>
internal static class OpenIdConnectSignIn
{
    private static readonly TimeSpan SignedInFor = TimeSpan.FromHours(12);

    public static void AddOpenIdConnect(this AuthenticationBuilder authentication, OpenIdConnectSettings settings) =>
        authentication.AddOpenIdConnect(AccessSchemes.OpenIdConnect, options =>
        {
            options.Authority = settings.Authority;
            options.ClientId = settings.ClientId;
            options.ClientSecret = settings.ClientSecret;
            options.RequireHttpsMetadata = !new Uri(settings.Authority!).IsLoopback;
            options.ResponseType = OpenIdConnectResponseType.Code;
            // A form posted back by the provider would be a request of a foreign site, and its cookies would need TLS.
            options.ResponseMode = OpenIdConnectResponseMode.Query;
            foreach (var cookie in new[] { options.CorrelationCookie, options.NonceCookie })
            {
                cookie.SameSite = SameSiteMode.Lax;
                cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            }
            options.SignInScheme = AccessSchemes.Cookie;
            options.MapInboundClaims = false;
            options.Scope.Clear();
            foreach (var scope in settings.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                options.Scope.Add(scope);
            }
            options.Events.OnTokenValidated = context => AdmitAsync(context, settings);
            options.Events.OnRemoteFailure = RefuseAsync;
        });

    private static Task AdmitAsync(TokenValidatedContext context, OpenIdConnectSettings settings)
    {
        var person = context.Principal!;
        var name = Claim(person, "preferred_username") ?? Claim(person, "email") ?? Claim(person, "name") ?? Claim(person, "sub")!;
        if (settings.ScopeOf([.. person.FindAll(settings.RoleClaim).Select(claim => claim.Value)]) is not { } scope)
        {
            context.Fail($"{name} has no role that may use the workbench. Ask for one at the provider.");
            return Task.CompletedTask;
        }
        if (TokenStore.IsReserved(name))
        {
            context.Fail($"The name {name} is the workbench's own. Sign in under another.");
            return Task.CompletedTask;
        }
        var expires = context.Options.TimeProvider!.GetUtcNow() + SignedInFor;
        (context.Properties!.IsPersistent, context.Properties.AllowRefresh, context.Properties.ExpiresUtc) = (true, false, expires);
        context.Principal = new Grant(name, scope, Session: Guid.NewGuid().ToString("N"), ExpiresAt: expires).ToPrincipal(AccessSchemes.Cookie);
        return Task.CompletedTask;
    }

    private static async Task RefuseAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        var fault = context.Failure is AuthenticationFailureException { InnerException: null, Message: var reason } ? reason : "The sign-in at the provider has failed. Try again.";
        await context.HttpContext.RequestServices.GetRequiredService<SignInPage>()
            .Show(context.HttpContext, context.Properties?.RedirectUri, fault, StatusCodes.Status403Forbidden).ExecuteAsync(context.HttpContext);
    }

    private static string? Claim(ClaimsPrincipal person, string type) => person.FindFirstValue(type) is { Length: > 0 } value ? value : null;
}
