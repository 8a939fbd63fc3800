using System.Globalization;
using Npgsql;
using Workbench.Core.Artifacts;
using Workbench.Core.Configuration;
using Workbench.Core.Mirroring;
using Workbench.Core.Platform;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;

namespace Workbench.Doctor;

/// <summary>The database, private or configured: reachable, of the right version, migrated; its clock, its workers and its queue.</summary>
internal static class DatabaseChecks
{
    // Beyond these, durations are wrong on pages, and beyond the second, workers that live are taken for dead.
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Harmful = TimeSpan.FromSeconds(15);

    public static IEnumerable<(string What, Check Check)> All(string data, IServiceProvider settings)
    {
        var options = settings.Settings<DatabaseOptions>();
        var configured = options.ConnectionString;
        if (configured is null)
        {
            yield return ("postgresql", async ct => [Finding.Ok("postgresql", await PrivatePostgres.FindProgramsAsync(data, ct))]);
        }
        yield return ("database", async ct => (configured ?? PrivatePostgres.FindRunning(data)) is { } connection
            ? await JudgeAsync(connection, options, StoreChecks.Find(data, settings), settings.Settings<MirrorOptions>(), ct)
            : [Finding.Ok("database", "private; it starts with the workbench"), .. await MirrorChecks.JudgeAsync(settings.Settings<MirrorOptions>(), null, ct)]);
    }

    private static async Task<IReadOnlyList<Finding>> JudgeAsync(
        string connection, DatabaseOptions options, IArtifactStore store, MirrorOptions mirror, CancellationToken cancellationToken)
    {
        var report = await DatabaseReport.ReadAsync(connection, cancellationToken);
        var found = Judge(connection, options, report);
        if (report is not { Pending: [], Unknown: [] })
        {
            return [.. found];
        }
        await using var database = new Database(connection, options);
        return [.. found, await CompareAsync(database, store, cancellationToken), .. await MirrorChecks.JudgeAsync(mirror, database, cancellationToken)];
    }

    private static async Task<Finding> CompareAsync(Database database, IArtifactStore store, CancellationToken cancellationToken)
    {
        try
        {
            return Finding.Ok("store", await StoreIdentity.CheckAsync(database, store, cancellationToken)
                ? $"the models of the database lie in the {store.Description}"
                : $"neither the database nor the {store.Description} belongs to another yet");
        }
        catch (ArtifactStoreException exception)
        {
            return Finding.Fail("store", exception.Message);
        }
    }

    private static IEnumerable<Finding> Judge(string connection, DatabaseOptions options, DatabaseReport report)
    {
        var target = new NpgsqlConnectionStringBuilder(connection);
        var name = $"{target.Database} on {target.Host}:{target.Port}";
        yield return report.Version.Major < Database.MinimumMajorVersion
            ? Finding.Fail("database", $"{name} is PostgreSQL {report.Version}; it must be {Database.MinimumMajorVersion} or newer")
            : Finding.Ok("database", Text($"{name}, PostgreSQL {report.Version}, answers in {report.RoundTrip.TotalMilliseconds:0.0} ms"));
        yield return report switch
        {
            { Unknown: [_, ..] } => Finding.Fail("schema", $"is of a newer release ({report.Unknown[^1]}); run that, or restore a backup of this one's"),
            { Pending: [_, ..] } => Finding.Warn("schema", Text($"lacks {report.Pending.Count} migrations; the next start makes them")),
            _ => Finding.Ok("schema", "is up to date"),
        };
        yield return Judge(report, (int)Math.Max(1, report.Workers), options.MostOf(report.MostConnections));
        var skew = report.ClockSkew.Duration();
        var clock = Text($"the database's is {skew.TotalSeconds:0.0} s {(report.ClockSkew < TimeSpan.Zero ? "behind" : "ahead of")} this machine's");
        yield return skew > Harmful ? Finding.Fail("clocks", $"{clock}; set both by NTP")
            : skew > Noticeable ? Finding.Warn("clocks", $"{clock}; set both by NTP")
            : Finding.Ok("clocks", "agree");
        yield return report switch
        {
            { Workers: 0, Waiting: > 0 } => Finding.Warn("workers", $"{report.Waiting} jobs wait, and no worker runs; start serve or worker"),
            { Workers: 0 } => Finding.Ok("workers", "none runs, and nothing waits"),
            _ => Finding.Ok("workers", report.Workers == 1 ? "1 process runs jobs" : $"{report.Workers} processes run jobs"),
        };
        yield return report switch
        {
            { Workers: > 0, Standstill: { } standstill } => Finding.Fail("queue", standstill),
            _ => Finding.Ok("queue", $"{report.Waiting} jobs wait"),
        };
    }

    // Each process has a pool of so many: together they must not want more than there are.
    private static Finding Judge(DatabaseReport report, int processes, int each)
    {
        var most = report.MostConnections;
        var pools = processes == 1 ? $"1 process may open {each}" : $"{processes} processes may open {each} each";
        return report.Connections > 0.8 * most ? Finding.Warn("connections", $"{report.Connections} of {most} are in use; raise max_connections")
            : processes * each > most ? Finding.Warn("connections", $"{pools}, and the server has {most}; lower Workbench:Database:MaxConnections, or raise max_connections")
            : Finding.Ok("connections", $"{report.Connections} of {most} are in use; {pools}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
