using System.Security.Cryptography;
using Workbench.Core.Artifacts;
using Workbench.Core.Audit;
using Workbench.Core.Datasets;
using Workbench.Core.Models;
using Workbench.Core.Registry;
using Workbench.Core.Search;
using Workbench.Core.Serving;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Tests.Serving;
using Workbench.Tests.Studies;
using Workbench.Tests.Training;

namespace Workbench.Tests.Registry;

public class PromotionTests
{
    private static readonly SearchSpace Space = new(
        new FloatParameter("learning_rate", 1e-3, 1e-2, Log: true),
        new FixedParameter("l1", 0.0),
        new FixedParameter("l2", 0.0),
        new FixedParameter("num_hidden", 16),
        new FixedParameter("epochs", 2));

    [Fact]
    public async Task A_promotion_builds_on_all_the_data_registers_a_verified_version_and_serves_it()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        await CompleteStudyAsync(workbench);
        var best = (await workbench.Queries.GetAsync("digits")).Best!;

        Actor.Current = new Actor("ana", Way.Page);
        var promotion = await workbench.Get<ModelRegistry>().PromoteAsync("digits");
        var version = await ReadyAsync(workbench, promotion);

        Assert.Equal(("digits", 1), (promotion.Model, promotion.Version));
        Assert.Equal(best.Number, version.Trial);
        Assert.Equal((RunKind.Production, TrialState.Complete), (version.Run!.Kind, version.Run.State));
        Assert.Equal(best.Params, version.Run.Params);
        Assert.Matches("^production-[0-9]{8}-[0-9]{6}$", version.Run.Name);
        var metrics = await workbench.Queries.MetricsAsync([promotion.Run]);
        Assert.Equal(["accuracy", "loss"], metrics.Select(point => point.Key).Distinct());
        await using var stored = await workbench.Get<IArtifactStore>().OpenReadAsync($"{version.ArtifactPrefix}/{ModelPackage.ModelFile}");
        Assert.Equal(version.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(stored)));
        Assert.InRange(await AccuracyAsync(workbench, "digits"), 0.95, 1);
        Assert.Equal(
            [("ana", Way.System, AuditAction.AliasMoved, "digits@production"), ("ana", Way.Page, AuditAction.TrialPromoted, "digits/1")],
            (await workbench.Get<AuditQueries>().OfModelAsync(version.ModelId)).Select(told => (told.Actor, told.Way, told.Action, told.Subject)));

        // Only built, a version changes nothing that answers.
        Assert.Equal(2, (await ReadyAsync(workbench, await workbench.Get<ModelRegistry>().PromoteAsync("digits", production: false))).Version);
        Assert.Equal(1, (await workbench.Get<ModelRegistry>().GetAsync("digits")).Aliases.Single().Version);
    }

    [Fact]
    public async Task Promotions_at_the_same_moment_become_different_versions_and_the_last_to_be_ready_is_in_production()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        await CompleteStudyAsync(workbench);

        var promotions = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(trial => workbench.Get<ModelRegistry>().PromoteAsync("digits", trial % 2)));
        foreach (var promotion in promotions)
        {
            await ReadyAsync(workbench, promotion);
        }

        Assert.Equal([1, 2, 3, 4], promotions.Select(promotion => promotion.Version).Order());
        var model = await workbench.Get<ModelRegistry>().GetAsync("digits");
        Assert.Equal(4, model.Versions.Count);
        Assert.Equal(ModelAlias.Production, Assert.Single(model.Aliases).Alias);
    }

    [Fact]
    public async Task A_rollback_is_served_from_the_moment_it_is_announced()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        await CompleteStudyAsync(workbench);
        var registry = workbench.Get<ModelRegistry>();
        await ReadyAsync(workbench, await registry.PromoteAsync("digits", 0));
        await ReadyAsync(workbench, await registry.PromoteAsync("digits", 1));
        await ServedAsync(workbench, version: 2);

        await registry.MoveAliasAsync("digits", ModelAlias.Production, 1);

        await ServedAsync(workbench, version: 1);
    }

    [Fact]
    public async Task What_cannot_be_promoted_or_served_is_refused_with_a_reason()
    {
        await using var workbench = await TestWorkbench.StartAsync(workers: 0);
        await workbench.Studies.LaunchAsync(new StudyRequest("digits", Trials: 2, SearchSpace: Space));
        var registry = workbench.Get<ModelRegistry>();

        Assert.Contains("no complete trial", (await Assert.ThrowsAsync<ConflictException>(() => registry.PromoteAsync("digits"))).Message);
        Assert.Contains("no trial 7", (await Assert.ThrowsAsync<NotFoundException>(() => registry.PromoteAsync("digits", 7))).Message);
        Assert.Contains("'other'", (await Assert.ThrowsAsync<NotFoundException>(() => registry.PromoteAsync("other"))).Message);
        await Assert.ThrowsAsync<NotFoundException>(() => registry.MoveAliasAsync("digits", ModelAlias.Production, 1));
        await Assert.ThrowsAsync<NoModelException>(() => workbench.Get<Predictor>().PredictAsync(new byte[MnistFrame.Pixels]));
    }

    [Fact]
    public async Task A_build_whose_store_is_away_waits_for_it_with_no_version_ready_and_no_alias_moved()
    {
        using var folder = new TemporaryFolder();
        var artifacts = new StoreThatGoesAway(folder.Path);
        await using var workbench = await TestWorkbench.StartAsync(artifacts: artifacts);
        await CompleteStudyAsync(workbench);
        artifacts.IsAway = true;

        var promotion = await workbench.Get<ModelRegistry>().PromoteAsync("digits");
        await UntilAsync(workbench, promotion, version => version.Run!.Activity?.Contains("gone fishing", StringComparison.Ordinal) == true);
        var pending = await workbench.Get<ModelRegistry>().GetAsync("digits");
        Assert.Equal(VersionState.Pending, Assert.Single(pending.Versions).State);
        Assert.Empty(pending.Aliases);

        artifacts.IsAway = false;
        var ready = await ReadyAsync(workbench, promotion);
        Assert.True(ready.Run!.Attempt > 1);
    }

    [Fact]
    public async Task A_build_that_throws_fails_its_version_and_leaves_production_as_it_was()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        await CompleteStudyAsync(workbench);
        await ReadyAsync(workbench, await workbench.Get<ModelRegistry>().PromoteAsync("digits"));
        // A complete trial whose parameters can't be trained with.
        await using (var command = workbench.Get<Database>().Durable.CreateCommand(
            "UPDATE runs SET params = jsonb_set(params, '{learning_rate}', '1e30') WHERE number = 1"))
        {
            await command.ExecuteNonQueryAsync();
        }

        var promotion = await workbench.Get<ModelRegistry>().PromoteAsync("digits", 1);
        var failed = await UntilAsync(workbench, promotion, version => version.State != VersionState.Pending);

        Assert.Equal((VersionState.Failed, TrialState.Failed), (failed.State, failed.Run!.State));
        Assert.Contains("loss", failed.Run.Error);
        Assert.Equal(1, Assert.Single((await workbench.Get<ModelRegistry>().GetAsync("digits")).Aliases).Version);
    }

    [Fact]
    public async Task Deleting_a_study_leaves_the_models_built_from_it()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        await CompleteStudyAsync(workbench);
        await ReadyAsync(workbench, await workbench.Get<ModelRegistry>().PromoteAsync("digits"));

        await workbench.Studies.DeleteAsync("digits");

        var version = Assert.Single((await workbench.Get<ModelRegistry>().GetAsync("digits")).Versions);
        Assert.Equal(VersionState.Ready, version.State);
        Assert.InRange(await AccuracyAsync(workbench, "digits"), 0.95, 1);
    }

    private static async Task CompleteStudyAsync(TestWorkbench workbench)
    {
        await workbench.Studies.LaunchAsync(new StudyRequest("digits", Trials: 2, Jobs: 2, Seed: 1, SearchSpace: Space));
        await workbench.CompletedAsync("digits");
    }

    private static Task<ModelVersion> ReadyAsync(TestWorkbench workbench, Promotion promotion) =>
        UntilAsync(workbench, promotion, version => version.State == VersionState.Ready);

    private static async Task<ModelVersion> UntilAsync(TestWorkbench workbench, Promotion promotion, Func<ModelVersion, bool> reached)
    {
        using var limit = new CancellationTokenSource(TestWorkbench.Limit);
        return await workbench.Get<ChangeFeed>().UntilAsync(
            _ => true,
            async () => (await workbench.Get<ModelRegistry>().GetAsync(promotion.Model)).Versions.Single(v => v.Version == promotion.Version),
            reached,
            TimeSpan.Zero,
            limit.Token);
    }

    // Asks again at whatever comes over the feed, the announcement and its echoes, until the predictor has heard it too.
    private static async Task ServedAsync(TestWorkbench workbench, int version)
    {
        using var limit = new CancellationTokenSource(TestWorkbench.Limit);
        await workbench.Get<ChangeFeed>().UntilAsync(
            _ => true,
            async () =>
            {
                // Something to hear again.
                await workbench.Get<StudyStore>().StopAsync(-1);
                return await workbench.Get<Predictor>().PredictAsync(Samples.Mnist.Image(0).ToArray());
            },
            prediction => prediction.Version == version,
            TimeSpan.FromMilliseconds(100),
            limit.Token);
    }

    private static async Task<double> AccuracyAsync(TestWorkbench workbench, string model)
    {
        const int Images = 200;
        var mnist = Samples.Mnist;
        var right = 0;
        for (var i = Samples.FirstOfTest; i < Samples.FirstOfTest + Images; i++)
        {
            var prediction = await workbench.Get<Predictor>().PredictAsync(mnist.Image(i).ToArray(), model);
            Assert.Equal(1, prediction.Probabilities.Sum(), 4);
            right += prediction.Class == mnist.Classes[mnist.Labels[i]] ? 1 : 0;
        }
        return (double)right / Images;
    }

    private sealed class StoreThatGoesAway(string folder) : IArtifactStore
    {
        private readonly LocalArtifactStore _store = new(folder);

        public volatile bool IsAway;

        public string Description => "a store that goes away";

        public Uri Locate(string key) => _store.Locate(key);

        public Task PutAsync(string key, Stream content, long length, string contentType, CancellationToken ct = default) =>
            IsAway ? throw new ArtifactStoreException("gone fishing") : _store.PutAsync(key, content, length, contentType, ct);

        public Task<Stream> OpenReadAsync(string key, CancellationToken ct = default) => _store.OpenReadAsync(key, ct);

        public Task<bool> ExistsAsync(string key, CancellationToken ct = default) => _store.ExistsAsync(key, ct);

        public Task<IReadOnlyList<ArtifactInfo>> ListAsync(string prefix, CancellationToken ct = default) => _store.ListAsync(prefix, ct);

        public Task DeleteAsync(string key, CancellationToken ct = default) => _store.DeleteAsync(key, ct);

        public Task CheckAsync(CancellationToken ct = default) => _store.CheckAsync(ct);
    }
}
