namespace Workbench.Core.Tracking;

/// <summary>A field of a request is wrong. The message names the value and says what would be right.</summary>
public sealed class FieldException(string field, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The field, as the caller spells it.</summary>
    public string Field { get; } = field;

    /// <summary>Throws unless a field is right.</summary>
    /// <param name="field">The field, as the caller spells it.</param>
    /// <param name="fault">What is wrong with it, in a sentence; null for nothing.</param>
    /// <exception cref="FieldException">It is wrong.</exception>
    internal static void Require(string field, string? fault)
    {
        if (fault is not null)
        {
            throw new FieldException(field, fault);
        }
    }
}

/// <summary>What was asked for does not exist.</summary>
public sealed class NotFoundException(string message) : Exception(message);

/// <summary>The key of a request was used for another one.</summary>
public sealed class KeyReusedException(string message) : Exception(message);

/// <summary>The request contradicts how things stand.</summary>
public sealed class ConflictException(string message) : Exception(message);
