using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.HostFiltering;
using Workbench.Core.Platform;

namespace Workbench.Security;

/// <summary>The lock on the door: who is let in, and to what.</summary>
internal static class AccessServices
{
    /// <summary>How long a sign-in lasts after the last use of its cookie.</summary>
    public static readonly TimeSpan SignedInFor = TimeSpan.FromDays(7);

    /// <summary>Adds authentication by token, cookie and loopback, and one policy for each scope; without a scope nothing is answered.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="options">How it is locked.</param>
    /// <param name="provider">Where people sign in besides.</param>
    /// <param name="first">The first token.</param>
    /// <param name="data">The data folder, which tells this workbench from others on the machine.</param>
    /// <param name="listensOn">The name on which the workbench was told to listen; null if it was none.</param>
    public static void AddAccess(
        this WebApplicationBuilder builder, AccessOptions options, OpenIdConnectSettings provider, FirstToken first, DataDirectory data, string? listensOn)
    {
        var services = builder.Services;
        services.AddSingleton(options).AddSingleton(provider).AddSingleton(first).AddSingleton(new HostNames(options, listensOn));
        // Its answer has neither a body nor a reason; ours comes later, and has both.
        services.Configure<HostFilteringOptions>(filter => filter.AllowedHosts = ["*"]);
        services.AddSingleton<FailedAttempts>().AddSingleton<KnownTokens>().AddSingleton<SignInPage>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, Denial>();
        var authentication = services.AddAuthentication(AccessSchemes.Any)
            .AddPolicyScheme(AccessSchemes.Any, null, scheme => scheme.ForwardDefaultSelector = AccessSchemes.Choose)
            .AddScheme<AuthenticationSchemeOptions, LocalHandler>(AccessSchemes.Local, null)
            .AddScheme<AuthenticationSchemeOptions, TokenHandler>(AccessSchemes.Token, null)
            .AddCookie(AccessSchemes.Cookie, cookie =>
            {
                // Cookies know no ports: two workbenches on one machine must not take each other's.
                cookie.Cookie.Name = $"workbench-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data.Path)).AsSpan(0, 4))}";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.ExpireTimeSpan = SignedInFor;
                cookie.Events.OnValidatePrincipal = ValidateAsync;
            });
        if (provider.Authority is not null)
        {
            authentication.AddOpenIdConnect(provider);
        }
        services.AddScopePolicies();
    }

    /// <summary>Lets in who may come in. It must come after the middleware for forwarded headers.</summary>
    public static void UseAccess(this IApplicationBuilder app)
    {
        app.Use((context, next) =>
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers.XFrameOptions = "SAMEORIGIN";
            return next(context);
        });
        app.RefuseOtherHosts();
        app.RefuseForeignSites();
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use(EndWithGrantAsync);
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var tokens = context.HttpContext.RequestServices.GetRequiredService<KnownTokens>();
        if (Grant.Of(context.Principal) is not { } grant || !await tokens.StillHoldsAsync(grant, context.HttpContext.RequestAborted))
        {
            context.RejectPrincipal();
        }
    }

    // A circuit's connection lives as long as its page is open. It is cut when what it was opened with ends; it can't be made again then.
    private static async Task EndWithGrantAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase)
            && Grant.Of(context.User) is { } grant && (grant.Token ?? grant.Session) is not null)
        {
            var tokens = context.RequestServices.GetRequiredService<KnownTokens>();
            using var watch = await tokens.WatchAsync(grant, context.Abort, context.RequestAborted);
            await next(context);
            return;
        }
        await next(context);
    }
}
