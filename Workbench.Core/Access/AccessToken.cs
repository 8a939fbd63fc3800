namespace Workbench.Core.Access;

/// <summary>A named token that was issued. Its secret is not kept.</summary>
public sealed class AccessToken
{
    /// <summary>The primary key; never used again.</summary>
    public long Id { get; init; }

    /// <summary>Unique among the tokens there are.</summary>
    public required string Name { get; init; }

    /// <summary>The first characters of the secret, to tell tokens apart.</summary>
    public required string Prefix { get; init; }

    /// <summary>The hash of the secret (<see cref="TokenSecret.Hash"/>).</summary>
    public required byte[] Hash { get; init; }

    /// <summary>What it allows.</summary>
    public required Scope Scope { get; init; }

    /// <summary>When it was issued.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who issued it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it ends to be good; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was last used, to the minute; null for not yet.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
}

/// <summary>A sign-in in a browser that was ended before its cookie expires: a copy of the cookie must open nothing.</summary>
public sealed class EndedSession
{
    /// <summary>The key of the sign-in.</summary>
    public required string Id { get; init; }

    /// <summary>When the cookie expires by itself.</summary>
    public required DateTimeOffset Until { get; init; }
}

/// <summary>The caller may not do this; the message names the scope it needs.</summary>
public sealed class ForbiddenException(string message, string? field = null) : Exception(message)
{
    /// <summary>A scope is lacking.</summary>
    public ForbiddenException(Scope needed, string name, Scope granted)
        : this($"This needs the scope {needed.ToString().ToLowerInvariant()}; {name} has {granted.ToString().ToLowerInvariant()}.")
    {
    }

    /// <summary>The field of the request that asks for it; null when it is none.</summary>
    public string? Field { get; } = field;
}
