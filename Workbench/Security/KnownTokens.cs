using System.Net;
using Workbench.Core.Access;

namespace Workbench.Security;

/// <summary>Judges tokens.</summary>
internal sealed class KnownTokens(FirstToken first, FailedAttempts attempts)
{
    /// <summary>What a token grants; null for a wrong one.</summary>
    /// <param name="secret">The token.</param>
    /// <param name="from">Where it comes from: wrong ones are counted by address.</param>
    /// <exception cref="TooManyAttemptsException">Too many wrong ones came from there.</exception>
    public Grant? Judge(string secret, IPAddress? from)
    {
        // One that was issued can't be guessed, so that those who have it are let in although somebody at the same address tries others;
        // a person may have chosen a first token that can be.
        if (!TokenSecret.IsCreated(secret) && attempts.Wait(from) is { } wait)
        {
            throw new TooManyAttemptsException(wait);
        }
        if (Find(TokenSecret.Hash(secret)) is { } grant)
        {
            return grant;
        }
        return attempts.Add(from) is { } longer ? throw new TooManyAttemptsException(longer) : null;
    }

    /// <summary>Whether what was granted once still holds.</summary>
    public bool StillHolds(Grant grant) => grant.Token is null || grant.Token == first.Grant.Token;

    private Grant? Find(byte[] hash) => first.Is(hash) ? first.Grant : null;
}
