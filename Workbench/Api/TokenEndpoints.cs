using Workbench.Core.Access;
using Workbench.Core.Tracking;
using Workbench.Security;

namespace Workbench.Api;

/// <summary><c>/api/tokens</c>: access tokens.</summary>
internal static class TokenEndpoints
{
    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        var tokens = routes.MapGroup("/api/tokens").WithTags("Tokens").Require(Scope.Admin);
        tokens.MapGet("/", ListAsync).WithSummary("All access tokens, without their secrets");
        tokens.MapPost("/", CreateAsync).WithSummary("Issue an access token; its secret is in this answer and nowhere else")
            .WithDescription("Scopes: predict asks for predictions; read sees everything, too; write changes things, too; admin issues tokens and steers the job queue, too.")
            .Produces<IssuedToken>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        tokens.MapDelete("/{name}", RevokeAsync).WithSummary("Revoke an access token, and every sign-in with it, at once")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IEnumerable<TokenResource>> ListAsync(TokenStore store, CancellationToken ct) =>
        (await store.ListAsync(ct)).Select(token => new TokenResource(token));

    private static async Task<IResult> CreateAsync(TokenRequest request, TokenStore store, CancellationToken ct)
    {
        var (token, secret) = await store.CreateAsync(
            request.Name, request.Scope ?? throw new FieldException("scope", "Give the scope: predict, read, write or admin."), request.Days, ct);
        return Results.Created($"/api/tokens/{Uri.EscapeDataString(token.Name)}", new IssuedToken(new TokenResource(token), secret));
    }

    private static async Task<IResult> RevokeAsync(string name, TokenStore store, CancellationToken ct)
    {
        await store.RevokeAsync(name, ct);
        return Results.NoContent();
    }

    /// <param name="Name">Who uses it; no other token may have that name.</param>
    /// <param name="Scope">What it allows.</param>
    /// <param name="Days">For how many days; left out, for ever.</param>
    internal sealed record TokenRequest(string? Name, Scope? Scope, int? Days);

    /// <summary>A token as clients see it.</summary>
    internal sealed record TokenResource(
        string Name, string Prefix, Scope Scope, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt)
    {
        public TokenResource(AccessToken token)
            : this(token.Name, token.Prefix, token.Scope, token.CreatedAt, token.CreatedBy, token.ExpiresAt, token.LastUsedAt)
        {
        }
    }

    /// <param name="Token">The token.</param>
    /// <param name="Secret">What its user sends; it can't be had again.</param>
    internal sealed record IssuedToken(TokenResource Token, string Secret);
}
