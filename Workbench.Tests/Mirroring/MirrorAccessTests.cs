using Workbench.Core.Access;
using Workbench.Core.Tracking;
using Workbench.Tests.Security;

namespace Workbench.Tests.Mirroring;

/// <summary>A server that answers only to requests with a token.</summary>
public sealed class StrictWorkbench : LockedWorkbench
{
    public StrictWorkbench() => Settings.Add(("Workbench:Authentication", "always"));
}

public sealed class MirrorAccessTests(StrictWorkbench team) : IClassFixture<StrictWorkbench>
{
    [Fact]
    public async Task Without_the_right_token_it_waits_and_with_it_everything_is_sent()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        Study study;
        await using (var workbench = await MirroredWorkbench.StartAsync(team.Home, connectionString: database.ConnectionString, token: "not the right one"))
        {
            study = await workbench.SeedAsync(trials: 2);
            await workbench.UntilAsync(status => status is { Trouble: not null, Waiting: 3 });
        }

        var (_, secret) = await team.Get<TokenStore>().CreateAsync("mirror", Scope.Write);
        await using var next = await MirroredWorkbench.StartAsync(team.Home, connectionString: database.ConnectionString, token: secret);
        await next.SentAsync();

        await SameStudy.AssertAsync(next, new RemoteServer(team.Caller(team.Home, secret)), study);
    }
}
