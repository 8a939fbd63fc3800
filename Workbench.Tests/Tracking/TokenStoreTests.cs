using Workbench.Core.Access;
using Workbench.Core.Audit;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public sealed class TokenStoreTests : IAsyncLifetime
{
    private TrackingFixture _store = default!;
    private TokenStore _tokens = default!;

    public async Task InitializeAsync()
    {
        _store = await TrackingFixture.CreateAsync();
        _tokens = new TokenStore(_store, _store.Clock);
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Of_a_token_its_hash_is_kept_and_not_its_secret()
    {
        var (_, secret) = await _tokens.CreateAsync("ci", Scope.Predict, days: 30);

        var kept = Assert.Single(await _tokens.ListAsync());
        Assert.Equal(("ci", Scope.Predict, secret[..8]), (kept.Name, kept.Scope, kept.Prefix));
        Assert.Equal(TokenSecret.Hash(secret), kept.Hash);
        Assert.Equal(TimeSpan.FromDays(30), kept.ExpiresAt - kept.CreatedAt);
        Assert.True(TokenSecret.IsCreated(secret));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(" padded", null)]
    [InlineData("<b>", null)]
    [InlineData("a\0b", null)]
    [InlineData("Local", null)]
    [InlineData("system", null)]
    [InlineData("first-token", null)]
    [InlineData("ci", 0)]
    [InlineData("ci", 3651)]
    public async Task What_makes_no_token_is_refused(string name, int? days) =>
        await Assert.ThrowsAsync<FieldException>(() => _tokens.CreateAsync(name, Scope.Read, days));

    [Theory]
    [InlineData("ci")]
    [InlineData("Zoe\u0308 at work")]
    [InlineData("\u0939\u093F\u0928\u094D\u0926\u0940")]
    public async Task A_name_is_of_letters_of_any_script(string name) =>
        Assert.Equal(name, (await _tokens.CreateAsync(name, Scope.Read)).Token.Name);

    [Fact]
    public async Task Names_are_free_again_when_their_token_is_revoked()
    {
        var (first, _) = await _tokens.CreateAsync("ci", Scope.Read);
        await Assert.ThrowsAsync<ConflictException>(() => _tokens.CreateAsync("ci", Scope.Admin));

        await _tokens.RevokeAsync("ci");
        var (second, _) = await _tokens.CreateAsync("ci", Scope.Read);

        Assert.NotEqual(first.Id, second.Id);
        await Assert.ThrowsAsync<NotFoundException>(() => _tokens.RevokeAsync("another"));
    }

    [Theory]
    [InlineData(Scope.Read)]
    [InlineData(Scope.Write)]
    public async Task Only_an_admin_issues_and_revokes(Scope scope)
    {
        await _tokens.CreateAsync("ci", Scope.Read);
        Actor.Current = new Actor("ana", Way.Page, scope);

        await Assert.ThrowsAsync<ForbiddenException>(() => _tokens.CreateAsync("mine", Scope.Admin));
        await Assert.ThrowsAsync<ForbiddenException>(() => _tokens.RevokeAsync("ci"));

        Assert.Equal(["ci"], (await _tokens.ListAsync()).Select(token => token.Name));
    }
}
