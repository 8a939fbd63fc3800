using Microsoft.EntityFrameworkCore;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public sealed class RunQueriesTests : IAsyncLifetime
{
    private TrackingFixture _store = default!;
    private RunQueries _runs = default!;

    public async Task InitializeAsync()
    {
        _store = await TrackingFixture.CreateAsync();
        _runs = new RunQueries(_store);
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [SkippableFact]
    public async Task The_last_value_of_each_metric_is_that_of_the_last_epoch_that_reported_it()
    {
        var study = await _store.StudyAsync(trials: 2, jobs: 2);
        var (first, second) = (_store.Claim(study, "a"), _store.Claim(study, "b", slot: 1));
        _store.Runs.Report(first.Lease, 1, new Dictionary<string, double> { ["loss"] = 0.5, ["early"] = 1 });
        _store.Runs.Report(first.Lease, 2, new Dictionary<string, double> { ["loss"] = 0.25 });
        _store.Runs.Report(first.Lease, 10, new Dictionary<string, double> { ["loss"] = double.NaN });

        var last = await _runs.LastMetricsAsync([first.Lease.RunId, second.Lease.RunId]);

        Assert.Equal(new Dictionary<string, double> { ["loss"] = double.NaN, ["early"] = 1 }, last[first.Lease.RunId]);
        Assert.Empty(last[second.Lease.RunId]);
    }

    [SkippableFact]
    public async Task Runs_come_in_the_order_asked_for_and_with_their_studies()
    {
        var (one, other) = (await _store.StudyAsync(trials: 1, name: "one"), await _store.StudyAsync(trials: 1, name: "other"));
        var (a, b) = (_store.Claim(one, "a").Lease.RunId, _store.Claim(other, "b").Lease.RunId);

        var found = await _runs.FindAsync([b, 999_999, a, b]);

        Assert.Equal([("other", b), ("one", a)], found.Select(run => (run.Study.Name, run.Run.Id)));
    }

    [SkippableFact]
    public async Task The_best_trial_is_the_complete_one_with_the_best_value()
    {
        await using var db = _store.CreateDbContext();
        var study = await SeededStudy.InsertAsync(db, trials: 20);
        var expected = await db.Runs.Where(run => run.State == Core.Search.TrialState.Complete).OrderByDescending(run => run.Value).FirstAsync();

        Assert.Equal(expected.Id, await _runs.BestAsync(study));
    }

    [SkippableFact]
    public async Task A_version_is_found_by_its_build_and_by_the_trial_it_was_made_from()
    {
        await using var db = _store.CreateDbContext();
        var study = await SeededStudy.InsertAsync(db, trials: 3);
        var build = new Run { StudyId = study.Id, Kind = RunKind.Production, Name = "production-1" };
        var model = new RegisteredModel { Name = study.Name, LastVersion = 1 };
        db.Add(build);
        db.Add(model);
        await db.SaveChangesAsync();
        db.Add(new ModelVersion { ModelId = model.Id, Version = 1, Trial = 1, RunId = build.Id, ArtifactPrefix = "models/1/1" });
        await db.SaveChangesAsync();
        var trials = await _store.Queries.TrialsAsync(study.Id);

        Assert.Equal(1, Assert.Single(await _runs.VersionsAsync(build)).Version);
        Assert.Equal(1, Assert.Single(await _runs.VersionsAsync(trials[1])).Version);
        Assert.Empty(await _runs.VersionsAsync(trials[2]));
    }
}
