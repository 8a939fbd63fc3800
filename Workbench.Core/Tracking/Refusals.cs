using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Workbench.Core.Tracking;

/// <summary>
/// What follows when the server refuses a statement for what was given with it. If Npgsql was preparing the statement just then, it takes
/// it for prepared without knowing its columns (https://github.com/npgsql/npgsql/issues/6391): its next use on that connection gets
/// "Received unexpected backend message DataRow". Connections on which that may have happened leave the pool.
/// </summary>
internal static class Refusals
{
    /// <summary>Executes a statement on a connection of the pool.</summary>
    public static T Execute<T>(this NpgsqlDataSource pool, string sql, Func<NpgsqlCommand, T> execute)
    {
        using var command = pool.CreateCommand(sql);
        try
        {
            return execute(command);
        }
        catch (PostgresException refusal)
        {
            pool.Forget(refusal);
            throw;
        }
    }

    /// <summary>Executes statements in one round trip, and as one: all of them, or none.</summary>
    /// <param name="pool">Where a connection comes from.</param>
    /// <param name="commands">The statements.</param>
    /// <param name="read">Reads the answer of each that has rows to give; the reader stands before the first.</param>
    public static List<T> Execute<T>(this NpgsqlDataSource pool, IEnumerable<NpgsqlBatchCommand> commands, Func<NpgsqlDataReader, T> read)
    {
        using var batch = pool.CreateBatch();
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }
        if (batch.BatchCommands.Count == 0)
        {
            return [];
        }
        try
        {
            using var reader = batch.ExecuteReader();
            var answers = new List<T>();
            do
            {
                answers.Add(read(reader));
            }
            while (reader.NextResult());
            return answers;
        }
        catch (PostgresException refusal)
        {
            pool.Forget(refusal);
            throw;
        }
    }

    /// <summary>Lets go of the pool's connections, those in use as soon as they are given back, unless the refusal leaves them sound.</summary>
    public static void Forget(this NpgsqlDataSource pool, Exception refusal)
    {
        // A broken constraint is found when rows are written, long after the statement was prepared, and is part of the daily work.
        if (refusal is PostgresException { SqlState: not ['2', '3', ..] })
        {
            pool.Clear();
        }
    }

    /// <summary>Does the same for the statements of EF Core.</summary>
    public sealed class Interceptor(NpgsqlDataSource pool) : DbCommandInterceptor
    {
        public override void CommandFailed(DbCommand command, CommandErrorEventData eventData) => pool.Forget(eventData.Exception);

        public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
        {
            pool.Forget(eventData.Exception);
            return Task.CompletedTask;
        }
    }
}
