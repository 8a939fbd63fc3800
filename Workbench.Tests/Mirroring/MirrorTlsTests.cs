using Workbench.Core.Tracking;
using Workbench.Tests.Security;

namespace Workbench.Tests.Mirroring;

/// <summary>The server shows a certificate that no authority has signed.</summary>
public sealed class MirrorTlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MirrorTlsTests() => TestCertificate.Write(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_is_sent_nothing_unless_that_is_wished()
    {
        var team = new LockedWorkbench
        {
            Settings =
            {
                ("Workbench:Port", "0"),
                ("Kestrel:Certificates:Default:Path", _folder["workbench.crt"]),
                ("Kestrel:Certificates:Default:KeyPath", _folder["workbench.key"]),
            },
        };
        await team.InitializeAsync();
        Assert.Equal("https", team.Home.Scheme);
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        Study study;
        await using (var workbench = await MirroredWorkbench.StartAsync(team.Home, connectionString: database.ConnectionString))
        {
            study = await workbench.SeedAsync(trials: 2);
            var status = await workbench.UntilAsync(status => status is { Trouble: not null, Waiting: 3 });
            Assert.Contains("certificate", status.Trouble);
        }

        await using (var workbench = await MirroredWorkbench.StartAsync(team.Home, connectionString: database.ConnectionString, insecureTls: "true"))
        {
            await workbench.SentAsync();
            await SameStudy.AssertAsync(workbench, new RemoteServer(team.Caller(team.Home)), study);
        }
        await team.DisposeAsync();
    }
}
