using Npgsql;

namespace Workbench.Core.Tracking;

/// <summary>What PostgreSQL refuses because of the values that a client sent, wherever they came from: the same request will fail again.</summary>
public static class DatabaseRefusal
{
    /// <summary>What is wrong with the values, as one sentence.</summary>
    /// <returns>Null when something else is behind the exception.</returns>
    public static string? Explain(Exception exception) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter } =>
            "A text has a character that can't be stored, such as NUL.",
        { InnerException: { } cause } => Explain(cause),
        _ => null,
    };
}
