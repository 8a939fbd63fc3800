using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Workbench.Core.Audit;

namespace Workbench.Core.Tracking;

/// <summary>A request that was carried out under a key of its client's.</summary>
public sealed class IdempotentRequest
{
    /// <summary>The name of the actor who sent it: an actor gets no answer of another's.</summary>
    public required string Actor { get; init; }

    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>The SHA-256 of what was asked for, in hexadecimal digits.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The answer, as JSON.</summary>
    public required string Answer { get; init; }

    /// <summary>When it was carried out.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>
/// Carries out a request that creates something once, however often it is repeated under the same key, at the same time, in several
/// processes: the key and the answer are written in the transaction that does what was asked for. A request that fails leaves nothing
/// behind, and can be repeated. Each actor has keys of its own.
/// </summary>
public sealed class IdempotentRequests(IDbContextFactory<WorkbenchDb> databases, TimeProvider clock)
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>The longest key.</summary>
    public const int MostCharacters = 255;

    /// <summary>The field that a fault of the key is told of.</summary>
    public const string Field = "Idempotency-Key";

    // Ambient, like the actor: seen by what carries the request out, and by nothing else.
    private static readonly AsyncLocal<(string Key, string Fingerprint)?> Current = new();

    /// <summary>Carries a request out, or gives the answer that it had under its key.</summary>
    /// <param name="key">Chosen by the client, a new one for each thing it wants done, such as a UUID; null to carry it out in any case.</param>
    /// <param name="request">What is asked for, as JSON can tell it: the operation and all it is given.</param>
    /// <param name="act">Carries it out, in one transaction, and returns the answer that was recorded in it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FieldException">The key is none.</exception>
    /// <exception cref="KeyReusedException">Something else was asked for under this key.</exception>
    public async Task<T> OnceAsync<T>(string? key, object request, Func<Task<T>> act, CancellationToken cancellationToken = default)
    {
        if (key is null)
        {
            return await act();
        }
        if (key.Length is 0 or > MostCharacters || key.Any(c => c is < '!' or > '~'))
        {
            throw new FieldException(
                Field, $"{Field} has {key.Length} characters; it must be 1 to {MostCharacters} printable ASCII characters without spaces, such as a UUID.");
        }
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, JsonSerializerOptions.Web)));
        if (await FindAsync(key, cancellationToken) is { } earlier)
        {
            return Answer<T>(earlier, fingerprint);
        }
        // Holds to the end of this method.
        Current.Value = (key, fingerprint);
        try
        {
            return await act();
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { ConstraintName: WorkbenchDb.RequestKey })
        {
            // The same request was carried out meanwhile; all that this one has done is undone.
            return Answer<T>((await FindAsync(key, cancellationToken))!, fingerprint);
        }
    }

    /// <summary>Forgets the keys that are older than <see cref="Kept"/>.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken = default)
    {
        var before = clock.GetUtcNow() - Kept;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.IdempotentRequests.Where(r => r.CreatedAt < before).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Records the answer of the request that is carried out, in the transaction that does it; nothing happens if it has no key.</summary>
    internal static async Task AnswerAsync<T>(WorkbenchDb db, T answer, CancellationToken cancellationToken)
    {
        if (Current.Value is var (key, fingerprint))
        {
            db.IdempotentRequests.Add(new IdempotentRequest
            {
                Actor = Actor.Current.Name,
                Key = key,
                Fingerprint = fingerprint,
                Answer = JsonSerializer.Serialize(answer, JsonSerializerOptions.Web),
                CreatedAt = DateTimeOffset.UtcNow,
            });
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    private async Task<IdempotentRequest?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var actor = Actor.Current.Name;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.IdempotentRequests.AsNoTracking().SingleOrDefaultAsync(r => r.Actor == actor && r.Key == key, cancellationToken);
    }

    private static T Answer<T>(IdempotentRequest earlier, string fingerprint) => earlier.Fingerprint == fingerprint
        ? JsonSerializer.Deserialize<T>(earlier.Answer, JsonSerializerOptions.Web)!
        : throw new KeyReusedException(
            $"Something else was asked for under the {Field} '{earlier.Key}', at {earlier.CreatedAt:u}. Choose a new key for each request.");
}
