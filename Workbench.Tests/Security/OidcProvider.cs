using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Workbench.Tests.Security;

/// <summary>An OpenID Connect provider on loopback, OpenIddict's, at which a person has signed in already.</summary>
internal sealed class OidcProvider : IAsyncDisposable
{
    public const string ClientId = "workbench";
    public const string ClientSecret = "workbench's secret";

    private readonly WebApplication _app;

    private OidcProvider(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <summary>The person's name.</summary>
    public string Person { get; set; } = "ana";

    /// <summary>The person's roles.</summary>
    public string[] Roles { get; set; } = [];

    public static async Task<OidcProvider> StartAsync()
    {
        OidcProvider? provider = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddAuthentication();
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.EnableDegradedMode().SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token")
                .AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().RegisterScopes(Scopes.Profile, Scopes.Email)
                .AddEphemeralEncryptionKey().AddEphemeralSigningKey();
            server.UseAspNetCore().DisableTransportSecurityRequirement();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId || !context.RedirectUri!.EndsWith("/signin-oidc", StringComparison.Ordinal))
                {
                    context.Reject(Errors.InvalidClient);
                }
                return default;
            }));
            server.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                context.SignIn(provider!.Identity());
                return default;
            }));
            server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId || context.ClientSecret != ClientSecret)
                {
                    context.Reject(Errors.InvalidClient);
                }
                return default;
            }));
        });
        var app = builder.Build();
        app.UseAuthentication();
        provider = new OidcProvider(app);
        await app.StartAsync();
        return provider;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private ClaimsPrincipal Identity()
    {
        var identity = new ClaimsIdentity("Provider");
        identity.SetClaim(Claims.Subject, "1").SetClaim(Claims.PreferredUsername, Person).SetClaims("roles", [.. Roles]);
        identity.SetScopes(Scopes.OpenId, Scopes.Profile).SetDestinations(_ => [Destinations.IdentityToken]);
        return new ClaimsPrincipal(identity);
    }
}
