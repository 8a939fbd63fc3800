using Microsoft.EntityFrameworkCore;
using Workbench.Core.Access;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Commands;

public class TokenCommandTests
{
    [Fact]
    public async Task A_token_is_issued_at_the_command_line()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        using var data = new TemporaryFolder();

        var (code, output, errors) = await WorkbenchProcess.RunAsync(
            database.ConnectionString, "token", "add", "night build", "--scope", "write", "--days", "30", "--data", data.Path);

        Assert.Equal((0, ""), (code, errors));
        Assert.NotEmpty(Directory.GetFileSystemEntries(data.Path));
        await using var tracking = new Database(database.ConnectionString);
        var store = new TokenStore(new Contexts(tracking), TimeProvider.System);
        var token = Assert.Single(await store.ListAsync());
        Assert.Equal(("night build", Scope.Write, Environment.UserName), (token.Name, token.Scope, token.CreatedBy));
        Assert.Equal(token.Hash, TokenSecret.Hash(output.Trim()));
    }

    [Theory]
    [InlineData("token", "add", "ci")]
    [InlineData("token", "add", "ci", "--scope", "everything")]
    [InlineData("token", "revoke")]
    public void What_lacks_is_told(params string[] arguments) => Assert.NotEmpty(new global::Workbench.Commands.WorkbenchCommand().Parse(arguments).Errors);

    private sealed class Contexts(Database database) : IDbContextFactory<WorkbenchDb>
    {
        public WorkbenchDb CreateDbContext()
        {
            var options = new DbContextOptionsBuilder<WorkbenchDb>();
            database.Configure(options);
            return new WorkbenchDb(options.Options);
        }
    }
}
