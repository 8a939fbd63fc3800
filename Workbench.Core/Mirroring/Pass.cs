using Workbench.Core.Tracking.Mirrors;

namespace Workbench.Core.Mirroring;

/// <summary>Sends what is to be sent, once through: studies, then their runs, then versions and aliases.</summary>
internal sealed class Pass(MirrorStore store, ExperimentSender experiments, RunSender runs, VersionSender versions)
{
    private const int MostRuns = 1000;

    // A request waits for the other side most of its time.
    private const int Together = 4;

    /// <summary>Sends what differs.</summary>
    /// <param name="mirror">The server.</param>
    /// <param name="changed">Where to look.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AwayException">The rest is to be sent later.</exception>
    /// <exception cref="ItselfException">The server is this workbench.</exception>
    public async Task RunAsync(long mirror, Changed changed, CancellationToken cancellationToken)
    {
        var where = new Where(changed.Everything ? null : [.. changed.Studies], [.. changed.Runs]);
        var more = where is not { Studies: [], Runs: [] };
        while (more)
        {
            foreach (var study in where.Studies is [] ? [] : await store.ExperimentsAsync(mirror, where.Studies, cancellationToken))
            {
                await experiments.SendAsync(mirror, study, cancellationToken);
            }
            var waiting = await store.RunsAsync(mirror, where, MostRuns, cancellationToken);
            var unseen = waiting.Select(run => run.Experiment.Id).Distinct().Where(study => !experiments.HasSeen(study)).ToList();
            foreach (var id in unseen)
            {
                if (await store.ExperimentAsync(mirror, id, cancellationToken) is { } study)
                {
                    await experiments.SendAsync(mirror, study, cancellationToken);
                }
            }
            // A study that had to be looked at may be refused, or have begun anew: then all its runs are to be sent.
            if (unseen.Count > 0 && where.Studies is { } known)
            {
                where = where with { Studies = [.. known.Union(unseen)] };
            }
            if (unseen.Count == 0)
            {
                await Parallel.ForEachAsync(
                    waiting,
                    new ParallelOptions { MaxDegreeOfParallelism = Together, CancellationToken = cancellationToken },
                    async (run, token) => await runs.SendAsync(mirror, run, token));
            }
            more = unseen.Count > 0 || waiting.Count == MostRuns;
        }
        if (changed.Everything || changed.Models)
        {
            await versions.SendAsync(mirror, cancellationToken);
        }
    }
}
