using System.Text.Json;
using Hangfire;
using Hangfire.Server;
using Npgsql;
using Workbench.Core.Datasets;
using Workbench.Core.Platform;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Core.Studies;

/// <summary>Runs one trial of a study: ask the sampler, train, report every epoch, tell the outcome, queue the successor.</summary>
public sealed class TrialJob(StudyConfigurations studies, RunStore runs, StudyHistory history, TrialQueue queue)
{
    /// <summary>
    /// Runs the next trial for a place of a study, or nothing when there is none left. A job that is run again because its process died
    /// takes up the trial it was running. Synchronous, because libtorch's number of threads belongs to the thread.
    /// </summary>
    /// <param name="studyId">The configuration.</param>
    /// <param name="slot">Which of its parallel places this is.</param>
    /// <param name="context">Filled in by Hangfire.</param>
    /// <param name="cancellationToken">Filled in by Hangfire; cancelled when the process ends, and the job is queued again.</param>
    // On the method, not where it is enqueued: a retry would go to the default queue, which nobody works on.
    [Queue(TrialQueue.Name)]
    [JobDisplayName("Trial of study {0}, place {1}")]
    [RetryOnOutage]
    [AutomaticRetry(Attempts = 0)]
    public void Run(long studyId, int slot, PerformContext context, CancellationToken cancellationToken)
    {
        if (runs.Claim(studyId, slot, context.BackgroundJob.Id, Machine.WorkerName) is { } trial && Try(trial, cancellationToken))
        {
            queue.Enqueue(studyId, slot);
            return;
        }
        // The study is over, stopped or deleted, for this place at least: whoever still needs it reads it again.
        studies.Forget(studyId);
        history.Forget(studyId);
    }

    /// <returns>Whether the study has more trials to run.</returns>
    private bool Try(ClaimedTrial trial, CancellationToken cancellationToken)
    {
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
    }

    private bool Run(ClaimedTrial trial, CancellationToken cancellationToken)
    {
        try
        {
            // One that was stopped or deleted meanwhile: nothing needs to be read, let alone sampled.
            if (trial.Study == StudyState.Stopped || studies.Find(trial.Lease.StudyId) is not { } configuration)
            {
                return Stopped(trial);
            }
            var parameters = trial.Params ?? Choose(configuration, trial);
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
            return Held(runs.Finish(trial.Lease, TrialState.Failed, null, Reason(exception)));
        }
    }

    private static string Reason(Exception exception) =>
        exception is PostgresException refusal ? $"The database does not store what the trial has: {refusal.MessageText}." : exception.Message;

    private static T Held<T>(T? answer)
        where T : struct => answer ?? throw new LeaseLostException();

    private ParameterSet? Choose(StudyConfiguration configuration, ClaimedTrial trial)
    {
        var study = configuration.Study;
        IReadOnlyList<Trial> trials = [.. configuration.WarmTrials, .. history.Read(study.Id, trial.Number)];
        return trial.Given is { } given
            ? study.Sampler.Complete(given, study.SearchSpace, study.Direction, trials, trial.Number, study.Seed)
            : configuration.Sampler.Suggest(study.SearchSpace, study.Direction, trials, trial.Number, study.Seed);
    }

    private bool Train(StudyConfiguration configuration, ClaimedTrial trial, ParameterSet parameters, CancellationToken cancellationToken)
    {
        var (curve, epochs) = (new List<StepValue>(), new List<ReportedEpoch>());
        var outcome = TrialState.Complete;
        var request = new TrainingRequest(configuration.Dataset, configuration.Split, parameters, configuration.Study.TrainingSeed(trial.Number), configuration.Threads)
        {
            Preparation = new ActivityReport(runs, trial.Lease),
        };
        configuration.Pipeline.Train(request, OnEpoch, cancellationToken);
        return outcome == TrialState.Stopped
            ? Stopped(trial)
            : Held(runs.Finish(trial.Lease, outcome, curve[^1].Value, record: new TrialRecord(parameters, epochs)));

        bool OnEpoch(EpochMetrics epoch)
        {
            var metrics = epoch.ByName();
            curve.Add(new StepValue(epoch.Epoch, metrics[configuration.Study.Metric]));
            epochs.Add(new ReportedEpoch(epoch.Epoch, metrics));
            // Of a study that is completed the trials that still run go to their end.
            if (Held(runs.Report(trial.Lease, epoch.Epoch, metrics)) == StudyState.Stopped)
            {
                outcome = TrialState.Stopped;
            }
            else if (configuration.Prunes && ShouldPrune(configuration, trial, parameters, curve))
            {
                outcome = TrialState.Pruned;
            }
            return outcome == TrialState.Complete;
        }
    }

    private bool ShouldPrune(StudyConfiguration configuration, ClaimedTrial trial, ParameterSet parameters, List<StepValue> curve) =>
        configuration.Pruner.ShouldPrune(
            new Trial(trial.Number, TrialState.Running, parameters, null, curve), history.Read(configuration.Study.Id, trial.Number), configuration.Study.Direction);

    // It may have been resumed since.
    private bool Stopped(ClaimedTrial trial) => Held(runs.Stop(trial.Lease)) == StudyState.Running;

    /// <summary>The trial is no longer this process's to write to.</summary>
    private sealed class LeaseLostException : Exception;
}
