using Microsoft.Extensions.Logging.Abstractions;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Registry;

public sealed class AliasTests : IAsyncLifetime
{
    private TrackingFixture _store = default!;
    private ModelRegistry _registry = default!;

    public async Task InitializeAsync()
    {
        _store = await TrackingFixture.CreateAsync();
        _registry = new ModelRegistry(_store, _store.Queries, null!, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        await using var db = _store.CreateDbContext();
        foreach (var name in new[] { "digits", "other" })
        {
            db.Add(new RegisteredModel
            {
                Name = name,
                LastVersion = 2,
                Versions =
                [
                    new ModelVersion { Version = 1, State = VersionState.Ready, ArtifactPrefix = "1" },
                    new ModelVersion { Version = 2, State = VersionState.Pending, ArtifactPrefix = "2" },
                ],
            });
        }
        await db.SaveChangesAsync();
    }

    public Task DisposeAsync() => _store.DisposeAsync().AsTask();

    [Theory]
    [InlineData("champion", null)]
    [InlineData("Größe_2-b", null)]
    [InlineData("v", null)]
    [InlineData("v2b", null)]
    [InlineData("", "needs a name")]
    [InlineData("  ", "needs a name")]
    [InlineData("a b", "'a b' may hold only letters, digits, _ and -")]
    [InlineData("a/b", "may hold only")]
    [InlineData("nul\0", "may hold only")]
    [InlineData("v12", "taken for a version")]
    [InlineData("Latest", "taken for a version")]
    public void What_is_wrong_with_a_name_is_said(string alias, string? said)
    {
        if (said is null)
        {
            Assert.Null(ModelAlias.Fault(alias));
        }
        else
        {
            Assert.Contains(said, ModelAlias.Fault(alias), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_name_that_is_too_long_is_told_its_length()
    {
        Assert.Null(ModelAlias.Fault(new string('a', 255)));
        Assert.Contains("256 characters; 255 is the most", ModelAlias.Fault(new string('a', 256)), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_alias_goes_from_its_own_model_only_and_leaves_the_others()
    {
        await _registry.MoveAliasAsync("digits", "champion", 1);
        await _registry.MoveAliasAsync("digits", ModelAlias.Production, 1);
        await _registry.MoveAliasAsync("other", "champion", 1);

        await _registry.RemoveAliasAsync("digits", "champion");

        Assert.Equal(ModelAlias.Production, Assert.Single((await _registry.GetAsync("digits")).Aliases).Alias);
        Assert.Equal("champion", Assert.Single((await _registry.GetAsync("other")).Aliases).Alias);
    }

    [SkippableFact]
    public async Task What_cannot_be_set_or_removed_is_refused_with_a_reason()
    {
        var fault = await Assert.ThrowsAsync<FieldException>(() => _registry.MoveAliasAsync("digits", "a b", 1));
        Assert.Equal("alias", fault.Field);
        Assert.Contains("is pending", (await Assert.ThrowsAsync<ConflictException>(() => _registry.MoveAliasAsync("digits", "champion", 2))).Message);
        Assert.Contains("no version 3", (await Assert.ThrowsAsync<NotFoundException>(() => _registry.MoveAliasAsync("digits", "champion", 3))).Message);
        Assert.Contains("no alias 'champion'", (await Assert.ThrowsAsync<NotFoundException>(() => _registry.RemoveAliasAsync("digits", "champion"))).Message);
        Assert.Contains("no model named 'none'", (await Assert.ThrowsAsync<NotFoundException>(() => _registry.RemoveAliasAsync("none", "champion"))).Message);
    }
}
