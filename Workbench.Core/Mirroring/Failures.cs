using System.Net.Http.Headers;

namespace Workbench.Core.Mirroring;

/// <summary>The server can't be reached, or can't do anything just now; the same request may do later. The message is a sentence.</summary>
internal sealed class AwayException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>It answered 500: it may be at fault with what was asked of it, and well besides.</summary>
    public bool IsFault { get; init; }

    /// <summary>When it wants to be asked again; null when it did not say.</summary>
    public RetryConditionHeaderValue? RetryAfter { get; init; }
}

/// <summary>The server refuses a request for good.</summary>
/// <param name="code">MLflow's word for it, or the status of HTTP.</param>
/// <param name="message">What the server said.</param>
internal sealed class RefusedException(string code, string message) : Exception(message)
{
    /// <summary>What was asked for is not there.</summary>
    public bool IsMissing => code == "RESOURCE_DOES_NOT_EXIST";

    /// <summary>The name is taken.</summary>
    public bool IsTaken => code == "RESOURCE_ALREADY_EXISTS";

    /// <summary>The server does not know such requests: it is older.</summary>
    public bool IsUnknown => code is "ENDPOINT_NOT_FOUND" or "NOT_IMPLEMENTED";
}

/// <summary>The server is this very workbench.</summary>
internal sealed class ItselfException : Exception;
