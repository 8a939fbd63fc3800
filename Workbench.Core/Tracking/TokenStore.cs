using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Workbench.Core.Access;
using Workbench.Core.Audit;
using Workbench.Core.Text;

namespace Workbench.Core.Tracking;

/// <summary>Access tokens and ended sign-ins. Every change is announced on the change feed.</summary>
public sealed class TokenStore(IDbContextFactory<WorkbenchDb> databases, TimeProvider clock)
{
    /// <summary>The most characters of a name.</summary>
    public const int MostCharacters = 100;

    /// <summary>The longest time for which a token may be issued, in days.</summary>
    public const int MostDays = 3650;

    private static readonly string[] Reserved = [Actor.Local, Actor.System.Name, FirstTokenName];

    /// <summary>The name of the token that is there from the first start.</summary>
    public const string FirstTokenName = "first-token";

    /// <summary>Whether a name is one of the actors' that are there without being issued a token: it would tell wrongly who did something.</summary>
    public static bool IsReserved(string name) => Reserved.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Issues a token.</summary>
    /// <param name="name">A name that no other token has.</param>
    /// <param name="scope">What it allows.</param>
    /// <param name="days">For how many days; null for ever.</param>
    /// <param name="cancellationToken">Gives up before anything is written.</param>
    /// <returns>The token, and its secret, which can't be had again.</returns>
    /// <exception cref="FieldException">The name or the number of days is wrong.</exception>
    /// <exception cref="ConflictException">There is a token of that name.</exception>
    /// <exception cref="ForbiddenException">The actor may not issue tokens.</exception>
    public async Task<(AccessToken Token, string Secret)> CreateAsync(
        string? name, Scope scope, int? days = null, CancellationToken cancellationToken = default)
    {
        if (Fault(name) is { } fault)
        {
            throw new FieldException("name", fault);
        }
        if (days is < 1 or > MostDays)
        {
            throw new FieldException("days", string.Create(CultureInfo.InvariantCulture, $"days is {days}; it must be from 1 to {MostDays}."));
        }
        var secret = TokenSecret.Create();
        var now = clock.GetUtcNow();
        var token = new AccessToken
        {
            Name = name!,
            Prefix = secret[..TokenSecret.PrefixLength],
            Hash = TokenSecret.Hash(secret),
            Scope = scope,
            CreatedAt = now,
            CreatedBy = Actor.Current.Name,
            ExpiresAt = days is { } limit ? now.AddDays(limit) : null,
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.AccessTokens.Add(token);
        db.AuditEvents.Add(AuditEvent.Of(AuditAction.TokenCreated, token.Name, [("scope", WorkbenchDb.Word(scope)), ("days", days)]));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception)
            when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw new ConflictException($"There is a token named '{name}'. Revoke it first, or choose another name.");
        }
        await db.NotifyAsync(new Change(ChangeKind.Token), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (token, secret);
    }

    /// <summary>Ends a token, and every sign-in with it, at once.</summary>
    /// <exception cref="NotFoundException">There is none of that name.</exception>
    /// <exception cref="ForbiddenException">The actor may not revoke tokens.</exception>
    public async Task RevokeAsync(string name, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.AuditEvents.Add(AuditEvent.Of(AuditAction.TokenRevoked, name));
        if (!TextRule.IsStorable(name) || await db.AccessTokens.Where(token => token.Name == name).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            throw new NotFoundException($"There is no token named '{name}'.");
        }
        await db.SaveChangesAsync(cancellationToken);
        await db.NotifyAsync(new Change(ChangeKind.Token), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>All tokens, by name; also those that have expired.</summary>
    public async Task<IReadOnlyList<AccessToken>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.AccessTokens.AsNoTracking().OrderBy(token => token.Name).ToListAsync(cancellationToken);
    }

    /// <summary>Writes down that a token was used now.</summary>
    public async Task UsedAsync(long tokenId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await db.AccessTokens.Where(token => token.Id == tokenId)
            .ExecuteUpdateAsync(set => set.SetProperty(token => token.LastUsedAt, now), cancellationToken);
        await db.NotifyAsync(new Change(ChangeKind.Token), cancellationToken);
    }

    /// <summary>Ends a sign-in before its cookie expires.</summary>
    /// <param name="session">Its key.</param>
    /// <param name="until">When the cookie expires at the latest.</param>
    /// <param name="cancellationToken">Gives up before anything is written.</param>
    public async Task EndSessionAsync(string session, DateTimeOffset until, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM ended_sessions WHERE until < {clock.GetUtcNow()};
            INSERT INTO ended_sessions (id, until) VALUES ({session}, {until}) ON CONFLICT DO NOTHING;
            SELECT pg_notify({Change.Channel}, {new Change(ChangeKind.Token).Payload})
            """,
            cancellationToken);
    }

    /// <summary>The keys of the sign-ins that were ended.</summary>
    public async Task<IReadOnlyList<string>> EndedSessionsAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.EndedSessions.Select(session => session.Id).ToListAsync(cancellationToken);
    }

    private static string? Fault(string? name) =>
        string.IsNullOrWhiteSpace(name) ? "A token needs a name that says who uses it."
        : name.Length > MostCharacters ? $"The name has {name.Length} characters; {MostCharacters} is the most."
        : name != name.Trim() || !TextRule.ConsistsOf(name, " ._-@")
            ? $"The name '{name}' may hold only letters, digits, . _ - @ and spaces in between."
        : IsReserved(name) ? $"The name '{name}' is the workbench's own. Choose another."
        : null;
}
