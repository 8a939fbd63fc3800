using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Workbench.Tests.Commands;

public sealed class DoctorTests(ServedWorkbench workbench) : IClassFixture<ServedWorkbench>
{
    [Fact]
    public async Task Where_nothing_was_started_everything_is_well_and_stays_as_it_is()
    {
        using var parent = new TemporaryFolder();
        var data = Path.Combine(parent.Path, "data");

        var (code, output, errors) = await WorkbenchProcess.RunAsync(null, "doctor", "--data", data, "--port", "0");

        Assert.True(code == 0, output + errors);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches("^(ok|warn) +[a-z]+", line));
        foreach (var what in new[] { "settings", "libtorch", "skia", "data folder", "port", "artifacts", "postgresql", "database" })
        {
            Assert.Contains(lines, line => line.StartsWith($"ok    {what}", StringComparison.Ordinal));
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(parent.Path));
    }

    [Fact]
    public async Task Beside_a_server_it_finds_its_database_its_workers_and_its_port()
    {
        var (code, output, errors) = await WorkbenchProcess.RunAsync(
            workbench.ConnectionString, "doctor", "--json", "--data", workbench.Data, "--port", $"{workbench.Url.Port}");

        Assert.True(code == 0, output + errors);
        var findings = JsonNode.Parse(output)!.AsArray().ToDictionary(finding => (string)finding!["what"]!, finding => (string)finding!["detail"]!);
        Assert.EndsWith("a workbench answers", findings["port"]);
        Assert.Contains("PostgreSQL", findings["database"]);
        Assert.Equal("is up to date", findings["schema"]);
        Assert.Equal("agree", findings["clocks"]);
        Assert.Equal("1 process runs jobs", findings["workers"]);
        Assert.Equal("0 jobs wait", findings["queue"]);
        Assert.DoesNotContain(Password(workbench.ConnectionString), output);
    }

    [Fact]
    public async Task What_is_broken_is_a_line_each_and_exit_code_1()
    {
        using var data = new TemporaryFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var (code, output, _) = await WorkbenchProcess.RunAsync(
            "Host=127.0.0.1;Port=1;Username=nobody;Password=hunter2;Database=nowhere", "doctor", "--data", data.Path, "--port", $"{port}");

        Assert.Equal(1, code);
        var failed = output.Split('\n').Where(line => line.StartsWith("fail", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, failed.Count);
        Assert.Contains($"{port} on 127.0.0.1 is taken by another program", failed[0]);
        Assert.Contains("127.0.0.1:1", failed[1]);
        Assert.DoesNotContain("hunter2", output);
    }

    private static string Password(string connectionString) => new Npgsql.NpgsqlConnectionStringBuilder(connectionString).Password!;
}
