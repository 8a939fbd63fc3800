using System.Globalization;
using Npgsql;

namespace Workbench.Core.Tracking;

/// <summary>One of the places of a study in which its trials run.</summary>
/// <param name="StudyId">The study.</param>
/// <param name="Slot">Which of its places, from 0 on.</param>
/// <param name="IsCommand">Whether its trials are a command's, which wait on a queue of their own.</param>
public readonly record struct Place(long StudyId, int Slot, bool IsCommand);

/// <summary>What is written down to be done and has no job that does it, and whether the jobs there are move.</summary>
public sealed class WaitingWork(Database database)
{
    /// <summary>How long queued work may stand still before it is said.</summary>
    public static readonly TimeSpan Standstill = TimeSpan.FromMinutes(1);

    // A job that lives has a row in the queue, also while it is run, or waits on the schedule to be run again. One that has neither was
    // aborted, deleted or given up, or its worker was taken for dead and reported its end after another had begun it again.
    private const string ReleaseSql =
        """
        UPDATE runs SET job_id = NULL, activity = 'waiting for a worker'
        WHERE id IN (
            SELECT r.id FROM runs r JOIN studies s ON s.id = r.study_id AND s.silence IS NULL
            LEFT JOIN hangfire.job j ON j.id = CASE WHEN r.job_id ~ '^[0-9]{1,18}$' THEN r.job_id::bigint END
            WHERE r.state = 'running' AND r.job_id IS NOT NULL AND j.statename IS DISTINCT FROM 'Scheduled'
              AND NOT EXISTS (SELECT FROM hangfire.jobqueue q WHERE q.jobid = j.id))
        RETURNING pg_notify('workbench', 'Run ' || study_id || ' ' || id)::text
        """;

    // Hangfire gives out a job whose worker fell silent only when there is no other: behind a queue that never empties it would wait for
    // ever. As one that was never given out it stands in its old place, before all that were queued later.
    private const string RequeueSql = "UPDATE hangfire.jobqueue SET fetchedat = NULL WHERE fetchedat < now() - @silence";

    // Of a running study, each place without a trial; of any, also one that was stopped or deleted, each trial without a job.
    private const string PlacesSql =
        """
        SELECT s.id, place.slot, s.command IS NOT NULL
        FROM studies s CROSS JOIN LATERAL generate_series(0, least(s.jobs, s.trials_requested - s.trials_finished) - 1) AS place (slot)
        WHERE s.state = 'running' AND s.silence IS NULL AND (@study IS NULL OR s.id = @study)
          AND NOT EXISTS (SELECT FROM runs r WHERE r.study_id = s.id AND r.slot = place.slot AND r.state = 'running')
        UNION
        SELECT r.study_id, r.slot, s.command IS NOT NULL FROM runs r JOIN studies s ON s.id = r.study_id
        WHERE r.state = 'running' AND r.kind = 'trial' AND r.job_id IS NULL AND r.slot IS NOT NULL AND (@study IS NULL OR r.study_id = @study)
        ORDER BY 1, 2
        """;

    private const string OverdueSql =
        """
        SELECT count(*), extract(epoch FROM now())::float8 - min(score) FROM hangfire.set
        WHERE key = 'schedule' AND score < extract(epoch FROM now() - @standstill)
        """;

    // A command's trial may have to wait until a process runs that is allowed to run commands: that is no fault.
    // A job is executed while it is said to be in process and its worker renews its hold on it.
    private const string WaitingSql =
        """
        SELECT queue, count(*), extract(epoch FROM now() - min(since))::float8 AS seconds
        FROM (
            SELECT q.queue, s.createdat AS since, j.statename = 'Processing' AND q.fetchedat > now() - @standstill AS executed
            FROM hangfire.jobqueue q JOIN hangfire.job j ON j.id = q.jobid JOIN hangfire.state s ON s.id = j.stateid
            WHERE q.queue <> 'commands') AS jobs
        GROUP BY queue HAVING NOT bool_or(coalesce(executed, false)) AND min(since) < now() - @standstill
        ORDER BY seconds DESC LIMIT 1
        """;

    // A trial of a study that runs waits for the next client instead.
    private const string EndSilentSql =
        """
        UPDATE runs r SET state = 'stopped', activity = NULL, finished_at = now()
        FROM studies s WHERE s.id = r.study_id AND r.state = 'running' AND r.kind = 'trial' AND s.state <> 'running'
          AND r.heartbeat_at < now() - s.silence
        RETURNING pg_notify('workbench', 'Run ' || r.study_id || ' ' || r.id)::text
        """;

    private const string RecentSql =
        "SELECT EXISTS (SELECT FROM runs r JOIN studies s ON s.id = r.study_id AND s.silence IS NULL WHERE r.heartbeat_at > now() - @standstill)";

    /// <summary>Parts runs from jobs that will never run them again, so that another job can take them up.</summary>
    public Task ReleaseAbandonedAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(ReleaseSql, _ => { }, _ => true, cancellationToken);

    /// <summary>Ends trials as stopped whose client has been silent for too long, and whose study gives out none any more.</summary>
    public Task EndSilentAsync(CancellationToken cancellationToken = default) => ReadAsync(EndSilentSql, _ => { }, _ => true, cancellationToken);

    /// <summary>Puts jobs back on the queue whose workers gave no sign of life for a while.</summary>
    public async Task RequeueAsync(TimeSpan silence, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand(RequeueSql);
        command.Parameters.AddWithValue("silence", silence);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The places of studies in which a trial should run and none does, or one that has no job.</summary>
    /// <param name="studyId">Only those of this study; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<List<Place>> PlacesAsync(long? studyId = null, CancellationToken cancellationToken = default) =>
        ReadAsync(
            PlacesSql,
            command => command.Parameters.Add(new NpgsqlParameter<long?>("study", studyId)),
            reader => new Place(reader.GetInt64(0), reader.GetInt32(1), reader.GetBoolean(2)),
            cancellationToken);

    /// <summary>Says in a sentence that queued work does not move; null when it does, or there is none.</summary>
    public async Task<string?> StandstillAsync(CancellationToken cancellationToken = default)
    {
        static void Give(NpgsqlCommand command) => command.Parameters.AddWithValue("standstill", Standstill);
        var overdue = await ReadAsync(OverdueSql, Give, r => (r.GetInt64(0), r.IsDBNull(1) ? 0 : r.GetDouble(1)), cancellationToken);
        var (late, since) = overdue[0];
        if (late > 0)
        {
            return Sentence($"{Jobs(late)} to be run again for {since:0} s, and nothing puts {(late == 1 ? "it" : "them")} on the queue.");
        }
        var waiting = await ReadAsync(WaitingSql, Give, r => (r.GetString(0), r.GetInt64(1), r.GetDouble(2)), cancellationToken);
        // Between two short jobs a queue that moves looks like one that stands.
        return waiting is [var (queue, count, seconds)] && !(await ReadAsync(RecentSql, Give, r => r.GetBoolean(0), cancellationToken))[0]
            ? Sentence($"{Jobs(count)} on the queue '{queue}', the first for {seconds:0} s, and no worker runs any.")
            : null;
    }

    private static string Jobs(long count) => count == 1 ? "1 job waits" : Sentence($"{count} jobs wait");

    private static string Sentence(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private async Task<List<T>> ReadAsync<T>(
        string sql, Action<NpgsqlCommand> give, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = database.Durable.CreateCommand(sql);
        give(command);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }
        return rows;
    }
}
