using System.Diagnostics;
using System.Text.Json;
using Hangfire;
using Hangfire.Server;
using Microsoft.Extensions.Logging;
using Npgsql;
using Workbench.Core.Evaluation;
using Workbench.Core.Platform;
using Workbench.Core.Search;
using Workbench.Core.Telemetry;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Core.Studies;

/// <summary>Runs one trial of a study: ask the sampler, train, report every epoch, tell the outcome, queue the successor.</summary>
public sealed partial class TrialJob(
    StudyConfigurations studies, RunStore runs, TrialSearch search, CommandRuns commands, TrialQueue queue, ILogger<TrialJob> logger)
{
    private static readonly Func<ILogger, string, long, IDisposable?> Scope = LoggerMessage.DefineScope<string, long>("study {Study}, run {Run}");

    /// <summary>
    /// Runs the next trial for a place of a study, or nothing when there is none left. A job that is run again because its process died
    /// begins the trial again that it was running. Synchronous, because libtorch's number of threads belongs to the thread.
    /// </summary>
    /// <param name="studyId">The configuration.</param>
    /// <param name="slot">Which of its parallel places this is.</param>
    /// <param name="context">Filled in by Hangfire.</param>
    /// <param name="cancellationToken">Filled in by Hangfire; cancelled when the process ends, and the job is queued again.</param>
    // On the method, not where it is enqueued: a retry would go to the default queue, which no worker serves.
    [Queue(TrialQueue.Name)]
    [JobDisplayName("Trial of study {0}, place {1}")]
    [Traced]
    [Retried]
    [AutomaticRetry(Attempts = 0)]
    public void Run(long studyId, int slot, PerformContext context, CancellationToken cancellationToken) =>
        Run(new Place(studyId, slot, IsCommand: false), context, cancellationToken);

    /// <summary>As <see cref="Run(long, int, PerformContext, CancellationToken)"/>, on the queue of those that may run commands.</summary>
    /// <param name="studyId">The configuration.</param>
    /// <param name="slot">Which of its parallel places this is.</param>
    /// <param name="context">Filled in by Hangfire.</param>
    /// <param name="cancellationToken">Filled in by Hangfire; cancelled when the process ends, and the job is queued again.</param>
    [Queue(TrialQueue.Commands)]
    [JobDisplayName("Trial of study {0}, place {1}, by a command")]
    [Traced]
    [Retried]
    [AutomaticRetry(Attempts = 0)]
    public void RunCommand(long studyId, int slot, PerformContext context, CancellationToken cancellationToken) =>
        Run(new Place(studyId, slot, IsCommand: true), context, cancellationToken);

    private void Run(Place place, PerformContext context, CancellationToken cancellationToken)
    {
        var studyId = place.StudyId;
        if (runs.Claim(studyId, place.Slot, context.BackgroundJob.Id, Machine.WorkerName) is { } trial && Try(trial, cancellationToken))
        {
            queue.Enqueue(place);
            return;
        }
        // The study is over, stopped or deleted, for this place at least: another place that still needs it reads it again.
        studies.Forget(studyId);
        search.Forget(studyId);
    }

    /// <returns>Whether the study has more trials to run.</returns>
    private bool Try(ClaimedTrial trial, CancellationToken cancellationToken)
    {
        using var span = Spans.Source.StartActivity("trial")
            ?.SetTag("workbench.trial", trial.Number).SetTag("workbench.run", trial.Lease.RunId).SetTag("workbench.attempt", trial.Lease.Attempt);
        if (trial.IsTakenOver)
        {
            Instruments.TakeOvers.Add(1);
        }
        var started = Stopwatch.GetTimestamp();
        try
        {
            return Run(trial, cancellationToken);
        }
        catch (LeaseLostException)
        {
            // Run by a later attempt of this very job, whose end must not be told to the queue by this one. Otherwise the trial has ended,
            // or its claim was lost with the database's buffers: the place is free, and has a successor if there is anything to run.
            return runs.IsSuperseded(trial.Lease) ? throw new JobAbortedException() : true;
        }
        finally
        {
            Instruments.TrialDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    private bool Run(ClaimedTrial trial, CancellationToken cancellationToken)
    {
        StudyConfiguration? configuration = null;
        try
        {
            // One that was stopped or deleted meanwhile: nothing needs to be read, let alone sampled.
            if (trial.Study == StudyState.Stopped || (configuration = studies.Find(trial.Lease.StudyId)) is null)
            {
                return Stopped(trial);
            }
            using var scope = Scope(logger, configuration.Study.Name, trial.Lease.RunId);
            Activity.Current?.SetTag("workbench.study", configuration.Study.Name).SetTag("workbench.pipeline", configuration.Study.Pipeline);
            var parameters = trial.Params ?? search.Choose(configuration, trial);
            if (parameters is null)
            {
                runs.Withdraw(trial.Lease);
                return false;
            }
            return Held(runs.SetParams(trial.Lease, parameters)) == StudyState.Stopped
                ? Stopped(trial)
                : Train(configuration, trial, parameters, cancellationToken);
        }
        // The end of the process, and trouble with the store, are no outcome of the trial: the job runs it again. All else would come back.
        catch (Exception exception) when (exception is not (OperationCanceledException or LeaseLostException) && !DatabaseOutage.Caused(exception))
        {
            LogFailed(exception, trial.Number, configuration?.Study.Name, trial.Lease.RunId);
            Spans.Fail(Activity.Current, exception);
            return Counted(TrialState.Failed, Held(runs.Finish(trial.Lease, TrialState.Failed, null, Reason(exception), Failure.Describe(exception))));
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or LeaseLostException))
        {
            LogInterrupted(exception, trial.Number, configuration?.Study.Name, trial.Lease.RunId);
            Spans.Fail(Activity.Current, exception);
            throw;
        }
    }

    private static string Reason(Exception exception) =>
        exception is PostgresException refusal ? $"The database does not store what the trial has: {refusal.MessageText}." : exception.Message;

    private static T Held<T>(T? answer)
        where T : struct => answer ?? throw new LeaseLostException();

    private bool Train(StudyConfiguration configuration, ClaimedTrial trial, ParameterSet parameters, CancellationToken cancellationToken)
    {
        var (curve, steps) = (new List<StepValue>(), new List<ReportedEpoch>());
        var (outcome, metric) = (TrialState.Complete, configuration.Study.Metric);
        (double? last, HeldOut? heldOut) = configuration.Study.Command is null ? ((double?)null, TrainHere()) : (RunCommand(), null);
        return outcome == TrialState.Stopped
            ? Stopped(trial)
            : Counted(outcome, Held(Outlast(() => runs.Finish(trial.Lease, outcome, last ?? curve[^1].Value, record: new TrialRecord(parameters, steps, heldOut)))));

        HeldOut? TrainHere() => configuration.Pipeline.Train(Request(), OnStep, cancellationToken).HeldOut;

        double? RunCommand() => commands.Run(
            new CommandRun(configuration.Study, trial.Lease, parameters, trial.Number),
            (step, values) => OnStep(new StepMetrics(step, values)),
            cancellationToken);

        TrainingRequest Request() => new(configuration.Dataset, configuration.Split, parameters, configuration.Study.TrainingSeed(trial.Number), configuration.Threads)
        {
            Encoder = configuration.Study.Encoder,
            Preparation = new ActivityReport(runs, trial.Lease),
            WantsHeldOut = last => outcome == TrialState.Complete && search.IsBest(configuration, trial.Number, last[metric]),
        };

        // A short outage must not cost what the trial has learnt; a long one would only hold up a worker.
        T Outlast<T>(Func<T> act) => DatabaseOutage.Outlast(act, cancellationToken);

        bool OnStep(StepMetrics step)
        {
            var isPoint = step.Values.TryGetValue(metric, out var value) && double.IsFinite(value);
            if (isPoint)
            {
                curve.Add(new StepValue(step.Step, value));
            }
            if (step.Values.Count > 0)
            {
                steps.Add(new ReportedEpoch(step.Step, step.Values));
            }
            // Of a study that is completed the trials that still run go to their end.
            if (Held(Outlast(() => runs.Report(trial.Lease, step.Step, step.Values))) == StudyState.Stopped)
            {
                outcome = TrialState.Stopped;
            }
            else if (isPoint && configuration.Prunes && Outlast(() => search.ShouldPrune(configuration, trial.Number, parameters, curve)))
            {
                outcome = TrialState.Pruned;
            }
            return outcome == TrialState.Complete;
        }
    }

    // It may have been resumed since.
    private bool Stopped(ClaimedTrial trial) => Counted(TrialState.Stopped, Held(runs.Stop(trial.Lease))) == StudyState.Running;

    private static T Counted<T>(TrialState state, T answer)
    {
        var word = state.ToString().ToLowerInvariant();
        Instruments.CountTrial(word);
        Activity.Current?.SetTag(Instruments.State, word);
        return answer;
    }

    // A trial that fails is an outcome of the search, which goes on.
    [LoggerMessage(LogLevel.Warning, "Trial {Number} of study {Study} failed (run {Run}).")]
    private partial void LogFailed(Exception exception, int number, string? study, long run);

    [LoggerMessage(LogLevel.Warning, "Trial {Number} of study {Study} was interrupted and will be run again (run {Run}).")]
    private partial void LogInterrupted(Exception exception, int number, string? study, long run);

    /// <summary>The trial is no longer this process's to write to.</summary>
    private sealed class LeaseLostException : Exception;
}
