using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public class PrunersAcrossProcessesTests
{
    public static TheoryData<string> Pruners =>
    [
        """{"type": "median", "startupTrials": 2}""",
        """{"type": "percentile", "percentile": 30, "startupTrials": 2}""",
        """{"type": "asha"}""",
        """{"type": "hyperband"}""",
        """{"type": "patient", "patience": 1, "inner": {"type": "median", "startupTrials": 2}}""",
        """{"type": "threshold", "lower": 0.2}""",
    ];

    [Theory]
    [MemberData(nameof(Pruners))]
    public async Task Two_processes_that_watched_a_study_in_different_ways_prune_the_same_trials(string json)
    {
        var settings = System.Text.Json.JsonSerializer.Deserialize<PrunerSettings>(json)!;
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 40);
        var decisions = new List<bool>();

        for (var number = 0; number < 40; number++)
        {
            var trial = store.Claim(study, $"job-{number}");
            store.Runs.SetParams(trial.Lease, TrackingFixture.X(number / 40.0));
            var curve = new List<StepValue>();
            // Every other trial is hopeless from the first epoch on and never gets better.
            for (var step = 1; step <= 9; step++)
            {
                curve.Add(new(step, number % 2 == 0 ? 0.5 + 0.01 * step + 0.001 * number : 0.1));
                store.Runs.Report(trial.Lease, step, TrackingFixture.Accuracy(curve[^1].Value));
            }
            var current = new Trial(number, TrialState.Running, TrackingFixture.X(number / 40.0), null, curve);
            // One has read along from the start, the other begins just now.
            var along = settings.Create(study.Seed).ShouldPrune(current, store.History.Read(study.Id, number), study.Direction);
            var now = settings.Create(study.Seed).ShouldPrune(current, new StudyHistory(store.Database).Read(study.Id, number), study.Direction);
            Assert.Equal(along, now);
            decisions.Add(now);
            store.Runs.Finish(trial.Lease, now ? TrialState.Pruned : TrialState.Complete, curve[^1].Value);
        }

        Assert.Contains(true, decisions);
        Assert.Contains(false, decisions);
        Assert.Equal(decisions.Count(pruned => pruned), (await store.Queries.GetAsync(study.Name)).Counts.Pruned);
    }
}
