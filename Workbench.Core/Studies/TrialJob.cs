using System.Text.Json;
using Hangfire;
using Hangfire.Server;
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
    [AutomaticRetry(Attempts = int.MaxValue, DelaysInSeconds = [1, 5, 15, 30], OnAttemptsExceeded = AttemptsExceededAction.Fail)]
    public void Run(long studyId, int slot, PerformContext context, CancellationToken cancellationToken)
    {
        if (studies.Find(studyId) is { } configuration
            && runs.Claim(studyId, slot, context.BackgroundJob.Id, Machine.WorkerName) is { } trial
            && Try(configuration, trial, cancellationToken))
        {
            queue.Enqueue(studyId, slot);
            return;
        }
        // The study is over, stopped or deleted, for this place at least: whoever still needs it reads it again.
        studies.Forget(studyId);
        history.Forget(studyId);
    }

    /// <returns>Whether the study has more trials to run.</returns>
    private bool Try(StudyConfiguration configuration, ClaimedTrial trial, CancellationToken cancellationToken)
    {
        try
        {
            var parameters = trial.Params ?? Choose(configuration, trial);
            if (parameters is null)
            {
                runs.Withdraw(trial.Lease);
                return false;
            }
            return runs.SetParams(trial.Lease, parameters) switch
            {
                null => false,
                StudyState.Stopped => Stopped(trial),
                _ => Train(configuration, trial, parameters, cancellationToken),
            };
        }
        // The end of the process, and trouble with the store, are no outcome of the trial: the job runs it again.
        catch (Exception exception) when (exception is not OperationCanceledException && !DatabaseOutage.Caused(exception))
        {
            return runs.Finish(trial.Lease, TrialState.Failed, null, exception.Message) ?? false;
        }
    }

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
        var curve = new List<StepValue>();
        var (outcome, state) = (TrialState.Complete, (StudyState?)StudyState.Running);
        var request = new TrainingRequest(configuration.Dataset, configuration.Split, parameters, configuration.Study.TrainingSeed(trial.Number), configuration.Threads)
        {
            Preparation = new ActivityReport(runs, trial.Lease),
        };
        configuration.Pipeline.Train(request, OnEpoch, cancellationToken);
        return outcome == TrialState.Stopped
            ? Stopped(trial)
            : runs.Finish(trial.Lease, outcome, curve[^1].Value) ?? false;

        bool OnEpoch(EpochMetrics epoch)
        {
            var metrics = epoch.ByName();
            curve.Add(new StepValue(epoch.Epoch, metrics[configuration.Study.Metric]));
            state = runs.Report(trial.Lease, epoch.Epoch, metrics);
            // Of a study that is completed the trials that still run go to their end; a deleted one's have nobody to report to.
            if (state is null or StudyState.Stopped)
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

    private bool Stopped(ClaimedTrial trial)
    {
        // It may have been resumed since.
        return runs.Stop(trial.Lease) == StudyState.Running;
    }
}
