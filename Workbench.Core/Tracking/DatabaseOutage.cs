using System.Data.Common;
using System.Diagnostics;
using System.Net.Sockets;
using System.Reflection;
using Hangfire;
using Hangfire.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Workbench.Core.Tracking;

/// <summary>
/// The one place that tells an outage of the database (it is away, starting, full, or takes no writes: the same statement will do once
/// that has passed) from a fault of what was asked of it (a value it refuses, a broken rule: the same statement will fail again).
/// </summary>
public static class DatabaseOutage
{
    /// <summary>How long a client that was refused should wait before it asks again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>How long <see cref="Outlast"/> tries: about as long as a job's worker may be silent before another begins it again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);

    private const string Broken = "The connection to the database broke.";

    /// <summary>Whether an outage is behind the exception, however it was wrapped on its way.</summary>
    public static bool Caused(Exception exception) => Explain(exception) is not null;

    /// <summary>What an outage looks like to a person, as one sentence.</summary>
    /// <returns>Null when no outage is behind the exception.</returns>
    public static string? Explain(Exception exception) => exception switch
    {
        PostgresException refusal => Explain(refusal),
        // A defect of this program: the connection is well.
        NpgsqlOperationInProgressException => null,
        NpgsqlException { InnerException: TimeoutException } timeout when timeout.Message.Contains("pool", StringComparison.Ordinal) =>
            "All connections to the database are in use.",
        NpgsqlException => "The database does not answer.",
        // The name of the database's host can't be resolved: Npgsql lets that pass as it is.
        SocketException => "The database does not answer.",
        // An answer out of step, after which Npgsql gives up the connection, is of no type of its own.
        { Source: "Npgsql" } when exception is TimeoutException || exception.GetType() == typeof(Exception) => Broken,
        ObjectDisposedException closed when closed.ObjectName.StartsWith("Npgsql", StringComparison.Ordinal) => Broken,
        InvalidOperationException { Source: "Npgsql" } closed when closed.Message.StartsWith("Connection is not open", StringComparison.Ordinal) => Broken,
        DistributedLockTimeoutException => "The database's job queue is locked.",
        AggregateException several => several.InnerExceptions.Select(Explain).FirstOrDefault(sentence => sentence is not null),
        // EF Core's retry limit and its advice to retry are invalid operations, too.
        InvalidOperationException or DbUpdateException or DbException or BackgroundJobClientException or TargetInvocationException
            when exception.InnerException is { } cause => Explain(cause),
        _ => null,
    };

    /// <summary>Does something again while an outage hinders it, up to <see cref="Patience"/>; blocks the thread.</summary>
    /// <param name="act">May be done twice: it is not known whether a statement whose answer was lost has been executed.</param>
    /// <param name="cancellationToken">Ends the wait between two tries.</param>
    internal static T Outlast<T>(Func<T> act, CancellationToken cancellationToken)
    {
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return act();
            }
            catch (Exception exception) when (Caused(exception) && Stopwatch.GetElapsedTime(started) < Patience)
            {
                cancellationToken.WaitHandle.WaitOne(RetryInterval);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    private static string? Explain(PostgresException refusal) => refusal.SqlState switch
    {
        PostgresErrorCodes.DiskFull => "The database's disk is full.",
        PostgresErrorCodes.TooManyConnections => "The database has no connection left.",
        PostgresErrorCodes.ReadOnlySqlTransaction => "The database takes no writes just now.",
        PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => "The database is starting or stopping.",
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.QueryCanceled => "The database could not do it just now.",
        // Insufficient resources; operator's intervention; trouble with files.
        ['5', '3' or '7' or '8', ..] => "The database is in trouble.",
        // The server ended the session, or PgBouncer did, or neither let us in.
        _ when refusal.InvariantSeverity is "FATAL" or "PANIC" => "The database refuses connections.",
        _ => null,
    };
}
