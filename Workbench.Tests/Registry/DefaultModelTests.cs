using Workbench.Core.Registry;
using Workbench.Core.Serving;
using Workbench.Core.Tracking;
using Workbench.Tests.Studies;

namespace Workbench.Tests.Registry;

public class DefaultModelTests
{
    [Fact]
    public async Task A_pinned_model_answers_whatever_is_promoted_until_it_is_unpinned()
    {
        await using var workbench = await TestWorkbench.StartAsync(workers: 0);
        await AddModelAsync(workbench, "first");
        await AddModelAsync(workbench, "second");
        var (pins, predictor) = (workbench.Get<DefaultModel>(), workbench.Get<Predictor>());
        Assert.Equal(("second", 1), await predictor.DefaultAsync());

        await pins.PinAsync("first");
        Assert.Equal(("first", 1), await predictor.DefaultAsync());
        await AddModelAsync(workbench, "third");
        Assert.Equal(("first", 1), await predictor.DefaultAsync());

        await pins.PinAsync("second");
        Assert.Equal(("second", 1), await predictor.DefaultAsync());

        await pins.UnpinAsync();
        await pins.UnpinAsync();
        Assert.Equal(("third", 1), await predictor.DefaultAsync());
    }

    [Fact]
    public async Task Only_a_model_with_a_version_in_production_can_be_pinned()
    {
        await using var workbench = await TestWorkbench.StartAsync(workers: 0);
        await AddModelAsync(workbench, "idle");
        await workbench.Get<ModelRegistry>().RemoveAliasAsync("idle", ModelAlias.Production);

        Assert.Contains("'idle'", (await Assert.ThrowsAsync<ConflictException>(() => workbench.Get<DefaultModel>().PinAsync("idle"))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotFoundException>(() => workbench.Get<DefaultModel>().PinAsync("nothing"));
    }

    private static Task AddModelAsync(TestWorkbench workbench, string name) => PostgresFixture.ExecuteAsync(
        workbench.ConnectionString,
        $"""
        INSERT INTO models (name, last_version, created_at) VALUES ('{name}', 1, now());
        INSERT INTO versions (model_id, version, state, artifact_prefix, sha256, created_at)
        SELECT id, 1, 'ready', 'models/' || id || '/1', repeat('a', 64), now() FROM models WHERE name = '{name}';
        INSERT INTO aliases (model_id, alias, version, moved_at) SELECT id, 'production', 1, clock_timestamp() FROM models WHERE name = '{name}'
        """);
}
