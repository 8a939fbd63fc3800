using Workbench.Core.Platform;

namespace Workbench.Tests.Platform;

public sealed class PrivatePostgresFailureTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_PostgreSQL_the_message_says_how_to_get_it()
    {
        var failure = await Assert.ThrowsAsync<StartupException>(() => PostgresBinaries.FindAsync([_folder.Path], null, null, default));
        Assert.StartsWith("PostgreSQL 15 or newer was not found. Install it (Debian, Ubuntu: apt-get install -y postgresql;", failure.Message);
        Assert.Contains("ConnectionStrings:Workbench", failure.Message);
        Assert.Contains("docker compose up", failure.Message);
    }

    [Theory]
    [InlineData("pg_ctl (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)", 15)]
    [InlineData("pg_ctl (PostgreSQL) 18beta1", 18)]
    [InlineData("postgresql@17", 17)]
    [InlineData("pgsql-16", 16)]
    [InlineData("postgresql", null)]
    public void A_version_is_the_first_number(string text, int? major) => Assert.Equal(major, PostgresBinaries.ParseMajor(text));

    [Fact]
    public async Task A_cluster_of_a_version_that_is_not_installed_is_named()
    {
        await using (await PrivatePostgres.StartAsync(_folder.Path, default))
        {
        }
        await File.WriteAllTextAsync(_folder["postgres", "PG_VERSION"], "13\n");
        var failure = await Assert.ThrowsAsync<StartupException>(() => PrivatePostgres.StartAsync(_folder.Path, default));
        Assert.StartsWith("The database in the data folder was made by PostgreSQL 13, which was not found (only ", failure.Message);
    }

    [Fact]
    public async Task A_folder_of_somebody_elses_is_left_alone()
    {
        Directory.CreateDirectory(_folder["postgres"]);
        await File.WriteAllTextAsync(_folder["postgres", "thesis.txt"], "mine");
        var failure = await Assert.ThrowsAsync<StartupException>(() => PrivatePostgres.StartAsync(_folder.Path, default));
        Assert.Contains("is not a database of the workbench's", failure.Message);
        Assert.True(File.Exists(_folder["postgres", "thesis.txt"]));
    }

    [Fact]
    public async Task A_server_that_does_not_start_says_why()
    {
        await using (await PrivatePostgres.StartAsync(_folder.Path, default))
        {
        }
        await File.AppendAllTextAsync(_folder["postgres", "postgresql.conf"], "work_mem = plenty\n");
        var failure = await Assert.ThrowsAsync<StartupException>(() => PrivatePostgres.StartAsync(_folder.Path, default));
        Assert.Contains("FATAL:", failure.Message);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [SkippableFact]
    public async Task A_full_disk_is_told_in_PostgreSQLs_words_and_leaves_no_cluster()
    {
        var prlimit = Requirement.FindProgram("prlimit");
        Requirement.Need("prlimit", prlimit is not null, "It is part of util-linux.");
        var start = OtherProcess.OfTestsIn(AppContext.BaseDirectory, [prlimit, "--fsize=1000000"], "hold-postgres", _folder.Path);
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // .NET's own use of a large file
        await using var process = new OtherProcess(start);
        Assert.StartsWith($"The database cannot be made in {_folder["postgres"]}: initdb: ", await process.ReadLineAsync());
        Assert.Equal(1, await process.EndAsync());
        Assert.False(Directory.Exists(_folder["postgres"]));

        await using var later = await PrivatePostgres.StartAsync(_folder.Path, default);
        Assert.Equal(1, await later.QueryAsync<int>("SELECT 1"));
    }
}
