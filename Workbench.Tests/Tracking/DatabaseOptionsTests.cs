using Npgsql;
using Workbench.Core.Tracking;
using Workbench.Tests.Configuration;

namespace Workbench.Tests.Tracking;

public sealed class DatabaseOptionsTests
{
    [Theory]
    [InlineData("postgres://ana:pw@db:6000/studies", "Host=db;Port=6000;Username=ana;Password=pw;Database=studies")]
    [InlineData("postgresql://db", "Host=db")]
    [InlineData("postgres://an%40a:p%3A%2Fw@db/studies", "Host=db;Username=an@a;Password=p:/w;Database=studies")]
    [InlineData("postgres://ana@[::1]:6000/", "Host=::1;Port=6000;Username=ana")]
    [InlineData(
        "postgres://db/studies?sslmode=verify-full&connect_timeout=7&application_name=x",
        "Host=db;Database=studies;SSL Mode=VerifyFull;Timeout=7;Application Name=x")]
    [InlineData(" Host=db;Username=ana ", "Host=db;Username=ana")]
    public void A_database_is_named_by_a_connection_string_or_an_address(string connection, string expected)
    {
        var read = Settings.Read<DatabaseOptions>((DatabaseOptions.ConnectionKey, connection)).ConnectionString;

        Assert.Equal(new NpgsqlConnectionStringBuilder(expected).ConnectionString, read);
    }

    [Fact]
    public void Without_one_the_database_is_private() => Assert.Null(Settings.Read<DatabaseOptions>((DatabaseOptions.ConnectionKey, "")).ConnectionString);

    [Theory]
    [InlineData("hunter2")]
    [InlineData("Host=db;Password=a;hunter2=b")]
    [InlineData("Host=db;Port=hunter2")]
    [InlineData("Host=db;SSL Mode=hunter2")]
    [InlineData("Host=db;Password='hunter2")]
    [InlineData("Username=hunter2")]
    [InlineData("postgres://ana:hunter2/x@db/studies")]
    [InlineData("postgres://ana:hunter2@db:port/studies")]
    [InlineData("postgres://db/studies?hunter2=1")]
    [InlineData("postgres://db/studies?sslmode=hunter2")]
    [InlineData("postgres://")]
    [InlineData("mysql://ana:hunter2@db/studies")]
    public void What_is_neither_is_told_in_a_sentence_that_repeats_none_of_it(string connection)
    {
        var fault = Assert.Single(Settings.FaultsOf<DatabaseOptions>((DatabaseOptions.ConnectionKey, connection)));

        Assert.StartsWith(DatabaseOptions.ConnectionKey, fault);
        Assert.DoesNotContain("hunter2", fault);
        Assert.DoesNotContain('\n', fault);
    }
}
