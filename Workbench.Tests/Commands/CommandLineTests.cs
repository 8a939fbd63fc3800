using Workbench.Core.Audit;
using Workbench.Core.Tracking;
using Workbench.Tests.Studies;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Commands;

public class CommandLineTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("serve", "--help")]
    [InlineData("train", "--help")]
    [InlineData("build", "--help")]
    [InlineData("predict", "--help")]
    [InlineData("worker", "--help")]
    [InlineData("backup", "--help")]
    [InlineData("restore", "--help")]
    [InlineData("pretrain", "--help")]
    [InlineData("doctor", "--help")]
    [InlineData("data", "add", "--help")]
    public async Task Every_verb_explains_itself(params string[] arguments)
    {
        var (code, output, _) = await WorkbenchProcess.RunAsync(null, arguments);

        Assert.Equal(0, code);
        Assert.Contains("Usage:", output);
    }

    [Theory]
    [InlineData("--experiment-name", "train")]
    [InlineData("'trian'", "trian")]
    [InlineData("--num-trials is 'many'; it must be a whole number from 1 to 100000.", "train", "--experiment-name", "x", "--num-trials", "many")]
    [InlineData("--workers", "worker", "--workers", "0")]
    [InlineData("--port is 'high'; it must be a whole number from 0 to 65535.", "serve", "--port", "high")]
    [InlineData("--port is '70000'; it must be a whole number from 0 to 65535.", "--port", "70000")]
    [InlineData("--port is '-1'; it must be a whole number from 0 to 65535.", "serve", "--port", "-1")]
    public async Task A_wrong_command_line_is_one_line_that_names_what_is_wrong_and_exit_code_2(string named, params string[] arguments)
    {
        var (code, output, errors) = await WorkbenchProcess.RunAsync(null, arguments);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains(named, OneLine(errors));
    }

    [Theory]
    [InlineData("The name '-x'", "train", "--experiment-name=-x")]
    [InlineData("There is no pipeline 'resnet'; there are transfer, cnn, external and command.", "train", "--experiment-name", "x", "--pipeline", "resnet")]
    [InlineData("\"bayes\" is unknown", "train", "--experiment-name", "x", "--sampler", "bayes")]
    [InlineData("seconds: 0 is not possible; it has to be above 0.", "train", "--experiment-name", "x", "--timeout", "0")]
    [InlineData("patience: 0 is not possible; it has to be at least 1.", "train", "--experiment-name", "x", "--patience", "0")]
    [InlineData("There is no study named 'y' to start from.", "train", "--experiment-name", "x", "--warm-start", "y")]
    [InlineData("enqueue[0]: epochs: 99 is not possible; it lies from 3 to 10.", "train", "--experiment-name", "x", "--enqueue", """{"epochs": 99}""")]
    [InlineData("'epochs=3' is not JSON", "train", "--experiment-name", "x", "--enqueue", "epochs=3")]
    [InlineData("nonsense", "train", "--experiment-name", "x", "--sampler", "{nonsense")]
    public async Task Wrong_input_is_one_line_that_names_the_value_and_exit_code_2(string said, params string[] arguments)
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        using var data = new TemporaryFolder();

        var (code, _, errors) = await WorkbenchProcess.RunAsync(database.ConnectionString, [.. arguments, "--data", data.Path]);

        Assert.Equal(2, code);
        Assert.Contains(said, OneLine(errors));
    }

    [Fact]
    public async Task A_study_trained_to_a_target_runs_what_was_enqueued_ends_early_and_says_why()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        using var data = new TemporaryFolder();
        TestWorkbench.LinkFeatures(data.Path);

        var (code, output, errors) = await WorkbenchProcess.RunAsync(
            database.ConnectionString, "train", "--experiment-name", "x", "--num-trials", "50", "--num-jobs", "1", "--timeout", "3600",
            "--patience", "50", "--target", "0.9", "--enqueue",
            """{"learning_rate": 0.003, "l1": 0, "l2": 0, "num_hidden": 32, "epochs": 3}""", "--data", data.Path);

        Assert.True(code == 0, errors);
        Assert.Contains("x: 1 complete, 0 pruned, 0 failed of 1 trials", output);
        Assert.Contains("The target 0.9 was reached with 0.9", output);
        Assert.Contains("after 1 of 50 trials.", output);
        Assert.Contains("learning_rate = 0.003", output);
        await using var tracking = new TrackingFixture(new Database(database.ConnectionString));
        var launched = Assert.Single(await tracking.Audit.ListAsync(new() { Action = AuditAction.StudyLaunched }, before: null, most: 10));
        Assert.Equal((Environment.UserName, Way.Cli, "x"), (launched.Actor, launched.Way, launched.Subject));
    }

    [Fact]
    public async Task To_build_what_does_not_exist_fails_with_one_line_and_exit_code_1()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        using var data = new TemporaryFolder();

        var (code, _, errors) = await WorkbenchProcess.RunAsync(
            database.ConnectionString, "build", "--experiment-name", "nothing", "--data", data.Path);

        Assert.Equal(1, code);
        Assert.Equal("There is no study named 'nothing'.", OneLine(errors));
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_one_line_with_the_remedy()
    {
        using var data = new TemporaryFolder();

        var (code, _, errors) = await WorkbenchProcess.RunAsync(
            "Host=127.0.0.1;Port=1;Username=nobody;Password=x;Database=nowhere", "worker", "--data", data.Path);

        Assert.Equal(1, code);
        Assert.Contains("127.0.0.1:1", OneLine(errors));
        Assert.Contains("ConnectionStrings:Workbench", errors);
    }

    [Fact]
    public async Task A_taken_port_is_one_line_with_the_remedy()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        using var data = new TemporaryFolder();
        await using var first = await WorkbenchProcess.ServeAsync(database.ConnectionString, data.Path);

        var (code, _, errors) = await WorkbenchProcess.RunAsync(
            database.ConnectionString, "serve", "--no-browser", "--data", data.Path, "--port", $"{first.Url.Port}");

        Assert.Equal(1, code);
        Assert.Equal($"Port {first.Url.Port} on 127.0.0.1 is taken. Stop the program that has it, or choose another with --port.", OneLine(errors));
    }

    [Fact]
    public async Task An_address_of_another_machine_is_one_line_with_the_remedy()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        using var data = new TemporaryFolder();

        // An address for documentation (RFC 5737): no machine has it.
        var (code, _, errors) = await WorkbenchProcess.RunAsync(
            database.ConnectionString, "serve", "--no-browser", "--data", data.Path, "--host", "192.0.2.1", "--port", "8000");

        Assert.Equal(1, code);
        var line = OneLine(errors);
        Assert.StartsWith("Port 8000 on 192.0.2.1 cannot be listened on: ", line);
        Assert.EndsWith("Choose others with --host and --port.", line);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_is_one_line_and_exit_code_2()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        using var data = new TemporaryFolder();

        var (code, output, errors) = await WorkbenchProcess.RunAsync(
            database.ConnectionString, [("Kestrel__Certificates__Default__Path", data["absent.crt"])], "serve", "--no-browser", "--data", data.Path, "--port", "0");

        Assert.Equal((2, ""), (code, output));
        Assert.Contains($"Kestrel:Certificates:Default:Path ({data["absent.crt"]})", OneLine(errors));
    }

    [Fact]
    public async Task Wrong_settings_are_told_all_at_once_each_in_a_line_and_exit_code_2()
    {
        using var data = new TemporaryFolder();

        var (code, _, errors) = await WorkbenchProcess.RunAsync(
            "postgres://ana:hunter2@db:port/studies", "worker", "--data", data.Path, "--workers", "many");

        Assert.Equal(2, code);
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order().ToList();
        Assert.Equal(2, lines.Count);
        Assert.StartsWith("--workers is 'many'; it must be a whole number", lines[0]);
        Assert.StartsWith("ConnectionStrings:Workbench can't be read", lines[1]);
        Assert.DoesNotContain("hunter2", errors);
    }

    private static string OneLine(string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Assert.Single(lines);
    }
}
