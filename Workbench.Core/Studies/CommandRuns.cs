using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Workbench.Core.Artifacts;
using Workbench.Core.Commands;
using Workbench.Core.Tracking;

namespace Workbench.Core.Studies;

/// <summary>Runs the commands of studies: trials and builds, each in a folder of its own in the data folder.</summary>
public sealed partial class CommandRuns(
    CommandFolders folders, RunOutputs outputs, RunQueries queries, ChangeFeed feed, IArtifactStore artifacts, TrackingAddress tracking, ILogger<CommandRuns> logger)
{
    /// <summary>The name of what a run has printed, among its artifacts.</summary>
    public const string OutputFile = "output.txt";

    // Lines that are printed faster than they are written down wait in the pipe, and so does the program then.
    private const int MostWaiting = 1_000;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    /// <summary>The folder of a run.</summary>
    internal string Folder(CommandRun run) => folders.Of(run);

    /// <summary>Runs a command to its end, and returns when nothing of it is left.</summary>
    /// <param name="run">What is run.</param>
    /// <param name="report">Gets the metrics of each step, none as a sign of life; false when the command is to end. Called by one thread at a time.</param>
    /// <param name="cancellationToken">Ends the command.</param>
    /// <returns>The last value of the objective; null when the command was ended because <paramref name="report"/> said so.</returns>
    /// <exception cref="CommandException">It failed, took too long, or told no objective.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public double? Run(CommandRun run, Func<int, IReadOnlyDictionary<string, double>, bool> report, CancellationToken cancellationToken) =>
        RunAsync(run, report, cancellationToken).GetAwaiter().GetResult();

    private async Task<double?> RunAsync(CommandRun run, Func<int, IReadOnlyDictionary<string, double>, bool> report, CancellationToken cancellationToken)
    {
        var folder = Folder(run);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
        Directory.CreateDirectory(folder);
        var uuid = await queries.UuidAsync(run.Lease.RunId, cancellationToken);
        var metrics = new CommandMetrics(run.Study.Metric, report);
        int code;
        bool late;
        using (var log = new OutputLog($"{folder}.txt"))
        {
            (code, late) = await WatchAsync(run, run.Order(folder, uuid, tracking), metrics, log, cancellationToken);
            Spare(() => outputs.Write(run.Lease, log.ReadTail(), log.Bytes));
            log.Dispose();
            await KeepAsync(run, uuid, log.Path);
            cancellationToken.ThrowIfCancellationRequested();
            if (!metrics.GoesOn)
            {
                return null;
            }
            Require(!late, FormattableString.Invariant($"The command took longer than {run.Command.TimeLimit} s."));
            Require(code == 0, $"The command ended with exit code {Say(code)}{(log.LastError is { } last ? $": {last}" : ".")}");
        }
        metrics.ReadLines(folder, toEnd: true);
        metrics.ReadFile(folder);
        return metrics.GoesOn ? Objective(run, metrics) : null;
    }

    private async Task<(int Code, bool Late)> WatchAsync(
        CommandRun run, CommandOrder order, CommandMetrics metrics, OutputLog log, CancellationToken cancellationToken)
    {
        // Null: look around.
        var happenings = Channel.CreateBounded<(string Line, bool IsError)?>(MostWaiting);
        await using var process = CommandProcess.Start(order, (line, isError) => happenings.Writer.WriteAsync((line, isError), CancellationToken.None));
        var ended = process.EndAsync();
        _ = ended.ContinueWith(_ => happenings.Writer.TryComplete(), TaskScheduler.Default);
        var started = Stopwatch.GetTimestamp();
        var (looked, beaten, written, late) = (started, started, 0L, false);
        // Set by the change feed: the study may have been stopped; something may have been logged.
        var (asked, logged) = (false, false);
        using var changes = feed.Subscribe(change => Concerns(run, change), seen =>
        {
            Volatile.Write(ref logged, true);
            if (seen.Any(change => change.Kind is ChangeKind.Study or ChangeKind.Everything))
            {
                Volatile.Write(ref asked, true);
            }
            happenings.Writer.TryWrite(null);
            return Task.CompletedTask;
        });
        using var timer = new Timer(_ => happenings.Writer.TryWrite(null), null, Look, Look);
        using var cancelled = cancellationToken.Register(process.Stop);
        try
        {
            await foreach (var happening in happenings.Reader.ReadAllAsync(CancellationToken.None))
            {
                if (happening is var (line, isError))
                {
                    log.Add(line, isError);
                    Act(() => metrics.Take(isError ? "" : line));
                }
                // What looks around may find no room among the lines of a program that prints without end.
                if (happening is null || Stopwatch.GetElapsedTime(looked) > Look)
                {
                    Act(LookAround);
                }
            }
        }
        finally
        {
            // A reader that stops reading must not keep the program from ending.
            happenings.Writer.TryComplete();
        }
        return (await ended, late);

        void LookAround()
        {
            looked = Stopwatch.GetTimestamp();
            if (run.Command.TimeLimit is { } limit && Stopwatch.GetElapsedTime(started).TotalSeconds > limit)
            {
                late = true;
                process.Stop();
            }
            if (log.Bytes > written)
            {
                written = log.Bytes;
                Spare(() => outputs.Write(run.Lease, log.ReadTail(), written));
            }
            metrics.ReadLines(order.Folder, toEnd: false);
            if (Interlocked.Exchange(ref logged, false) && metrics.Objective is null)
            {
                Spare(() => TakeLogged(run, metrics));
            }
            if (Interlocked.Exchange(ref asked, false) || Stopwatch.GetElapsedTime(beaten) > Heartbeat)
            {
                beaten = Stopwatch.GetTimestamp();
                metrics.Beat();
            }
        }

        void Act(Action act)
        {
            if (metrics.GoesOn && !late && !cancellationToken.IsCancellationRequested)
            {
                act();
                if (!metrics.GoesOn)
                {
                    process.Stop();
                }
            }
        }
    }

    // What a program logs through MLflow is written by another process, or another thread of this one.
    private void TakeLogged(CommandRun run, CommandMetrics metrics)
    {
        foreach (var (step, value) in outputs.Since(run.Lease.RunId, run.Study.Metric, metrics.ObjectiveStep))
        {
            metrics.TakeLogged(step, value);
        }
    }

    // It is done again, or can be done without, when the database is back.
    private static void Spare(Action act)
    {
        try
        {
            act();
        }
        catch (Exception exception) when (DatabaseOutage.Caused(exception))
        {
            // Others that need the database say that it is away.
        }
    }

    private static bool Concerns(CommandRun run, Change change) =>
        (change.Kind == ChangeKind.Study && change.StudyId == run.Study.Id)
        || (change.Kind is ChangeKind.Progress or ChangeKind.Run && change.RunId == run.Lease.RunId);

    private double? Objective(CommandRun run, CommandMetrics metrics)
    {
        var value = metrics.Objective ?? queries.LastMetricsAsync([run.Lease.RunId]).GetAwaiter().GetResult()[run.Lease.RunId]
            .Select(metric => metric.Key == run.Study.Metric ? metric.Value : (double?)null).FirstOrDefault(found => found is not null);
        Require(value is not null || run.IsBuild, $"The command told no {run.Study.Metric}. It prints a line such as {run.Study.Metric}=0.5, writes it to metrics.json, or logs it with MLflow.");
        Require(value is null || double.IsFinite(value.Value) || run.IsBuild, FormattableString.Invariant($"The last {run.Study.Metric} is {value}, which is no result."));
        return value;
    }

    private static string Say(int code) => code > 128 ? $"{code} (signal {code - 128})" : $"{code}";

    private static void Require(bool isRight, string fault)
    {
        if (!isRight)
        {
            throw new CommandException(fault);
        }
    }

    // What was printed is not worth the trial: it lies on this machine, too, and its end in the database.
    private async Task KeepAsync(CommandRun run, Guid uuid, string path)
    {
        // A build's own files are there.
        if (run.IsBuild)
        {
            return;
        }
        var prefix = FormattableString.Invariant($"{run.Study.ArtifactFolder}/{run.Study.Id}/{uuid:N}/artifacts");
        try
        {
            await using var file = File.OpenRead(path);
            await artifacts.PutAsync($"{prefix}/{OutputFile}", file, file.Length, "text/plain; charset=utf-8", CancellationToken.None);
            Spare(() => outputs.Keep(run.Lease, prefix));
        }
        catch (Exception exception) when (exception is ArtifactStoreException or IOException)
        {
            LogNotKept(exception, run.Lease.RunId);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What the command of run {Run} has printed could not be stored.")]
    private partial void LogNotKept(Exception exception, long run);
}
