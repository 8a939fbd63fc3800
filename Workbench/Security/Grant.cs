using System.Globalization;
using System.Security.Claims;
using Workbench.Core.Access;

namespace Workbench.Security;

/// <summary>What a caller was granted, and by which credential. It travels as claims.</summary>
/// <param name="Name">Who it is: a token's name, a person's name, or <c>local</c>.</param>
/// <param name="Scope">What they may do.</param>
/// <param name="Token">The key of the token they showed; null without one.</param>
/// <param name="Session">The key of their sign-in in a browser; null without one.</param>
/// <param name="ExpiresAt">When the token expires; null for never.</param>
internal sealed record Grant(string Name, Scope Scope, string? Token = null, string? Session = null, DateTimeOffset? ExpiresAt = null)
{
    private const string ScopeClaim = "workbench:scope";
    private const string TokenClaim = "workbench:token";
    private const string SessionClaim = "workbench:session";
    private const string ExpiryClaim = "workbench:expires";

    /// <summary>The grant of a person at this machine, where that needs no sign-in.</summary>
    public static Grant Local { get; } = new(Core.Audit.Actor.Local, Scope.Admin);

    /// <summary>The grant of a caller; null for a stranger.</summary>
    public static Grant? Of(ClaimsPrincipal? user) =>
        user?.Identity is { IsAuthenticated: true, Name: { } name } && Enum.TryParse<Scope>(user.FindFirstValue(ScopeClaim), out var scope)
            ? new Grant(
                name, scope, user.FindFirstValue(TokenClaim), user.FindFirstValue(SessionClaim),
                user.FindFirstValue(ExpiryClaim) is { } at ? DateTimeOffset.Parse(at, CultureInfo.InvariantCulture) : null)
            : null;

    /// <summary>The caller as ASP.NET Core knows them.</summary>
    /// <param name="scheme">How they were authenticated.</param>
    public ClaimsPrincipal ToPrincipal(string scheme)
    {
        var identity = new ClaimsIdentity(scheme);
        Add(ClaimTypes.Name, Name);
        Add(ScopeClaim, Scope.ToString());
        Add(TokenClaim, Token);
        Add(SessionClaim, Session);
        Add(ExpiryClaim, ExpiresAt?.ToString("O", CultureInfo.InvariantCulture));
        return new ClaimsPrincipal(identity);

        void Add(string type, string? value)
        {
            if (value is not null)
            {
                identity.AddClaim(new Claim(type, value));
            }
        }
    }
}
