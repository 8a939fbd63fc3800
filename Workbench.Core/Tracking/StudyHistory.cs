using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;
using Workbench.Core.Search;

namespace Workbench.Core.Tracking;

/// <summary>
/// What samplers and pruners learn from: a study's finished trials and its running ones. Finished trials never change, so each is read
/// once per process; a look costs what has finished since the last one, not the length of the study.
/// </summary>
public sealed class StudyHistory(Database database)
{
    private const int MostAtOnce = 5_000;

    // To plan it takes longer than to look, and the plan is the same for all values: left to itself the planner would do so for each look.
    private const string PlanOnceSql = "SELECT set_config('plan_cache_mode', 'force_generic_plan', true)";

    // A command may have logged further params: they were not searched.
    private const string Sql =
        """
        WITH seen AS (
            SELECT r.id, r.number, r.state, r.params, r.value, r.finished_order FROM runs r
            WHERE r.study_id = @study AND r.finished_order > @last AND r.finished_order <= @last + @most
            UNION ALL
            (SELECT r.id, r.number, r.state, r.params, r.value, NULL FROM runs r
            WHERE r.study_id = @study AND r.state = 'running' AND r.kind = 'trial' AND r.params IS NOT NULL ORDER BY r.number DESC LIMIT @running))
        SELECT seen.number, seen.state,
            CASE WHEN s.command IS NULL OR seen.params IS NULL THEN seen.params ELSE (
                SELECT coalesce(jsonb_object_agg(p.key, p.value), '{}') FROM jsonb_each(seen.params) p WHERE s.search_space::jsonb ? p.key) END,
            seen.value, seen.finished_order, m.steps, m.values
        FROM seen
        JOIN studies s ON s.id = @study
        LEFT JOIN LATERAL (
            SELECT array_agg(step::int ORDER BY step) AS steps, array_agg(value ORDER BY step) AS values
            FROM metrics WHERE run_id = seen.id AND key = s.metric) m ON true
        ORDER BY seen.finished_order NULLS LAST, seen.number
        """;

    private readonly ConcurrentDictionary<long, Finished> _studies = new();

    /// <summary>Reads the trials of a study: the finished ones in the order in which they finished, then the running ones by number.</summary>
    /// <param name="studyId">The study.</param>
    /// <param name="except">The number of a running trial to leave out: the one that asks.</param>
    /// <param name="mostRunning">How many of the running ones at most; those begun last.</param>
    public IReadOnlyList<Trial> Read(long studyId, int except, int mostRunning = int.MaxValue)
    {
        var finished = _studies.GetOrAdd(studyId, _ => new Finished());
        lock (finished)
        {
            while (true)
            {
                var (before, running) = (finished.Trials.Count, ReadNext(studyId, finished, except, mostRunning));
                if (finished.Trials.Count < before + MostAtOnce)
                {
                    return [.. finished.Trials, .. running];
                }
            }
        }
    }

    private List<Trial> ReadNext(long studyId, Finished finished, int except, int mostRunning)
    {
        var look = new NpgsqlBatchCommand(Sql)
        {
            Parameters = { new("study", studyId), new("last", finished.Last), new("most", MostAtOnce), new("running", mostRunning) },
        };
        return database.Durable.Execute([new NpgsqlBatchCommand(PlanOnceSql), look], reader => Read(reader, finished, except))[1];
    }

    private static List<Trial> Read(NpgsqlDataReader reader, Finished finished, int except)
    {
        var running = new List<Trial>();
        while (reader.FieldCount > 1 && reader.Read())
        {
            var trial = ReadTrial(reader);
            if (!reader.IsDBNull(4))
            {
                finished.Trials.Add(trial);
                finished.Last = reader.GetInt32(4);
            }
            else if (trial.Number != except)
            {
                running.Add(trial);
            }
        }
        return running;
    }

    /// <summary>Lets go of what is remembered of a study.</summary>
    public void Forget(long studyId) => _studies.TryRemove(studyId, out _);

    private static Trial ReadTrial(NpgsqlDataReader reader)
    {
        var intermediate = Array.Empty<StepValue>();
        if (!reader.IsDBNull(5))
        {
            var steps = reader.GetFieldValue<int[]>(5);
            var values = reader.GetFieldValue<double[]>(6);
            intermediate = [.. steps.Zip(values, (step, value) => new StepValue(step, value))];
        }
        return new Trial(
            reader.GetInt32(0),
            Enum.Parse<TrialState>(reader.GetString(1), true),
            // A trial can fail before it has parameters.
            reader.IsDBNull(2) ? ParameterSet.Empty : JsonSerializer.Deserialize<ParameterSet>(reader.GetString(2), JsonSerializerOptions.Web)!,
            reader.IsDBNull(3) ? null : reader.GetDouble(3),
            intermediate);
    }

    private sealed class Finished
    {
        public List<Trial> Trials { get; } = [];

        public int Last { get; set; }
    }
}
