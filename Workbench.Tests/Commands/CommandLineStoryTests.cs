using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Workbench.Tests.Api;
using Workbench.Tests.Studies;

namespace Workbench.Tests.Commands;

public sealed partial class CommandLineStoryTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    public CommandLineStoryTests() => TestWorkbench.LinkFeatures(_data.Path);

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task The_whole_story_by_command_line()
    {
        var (png, label) = Digits.Mnist(0);
        var digit = _data["digit.png"];
        await File.WriteAllBytesAsync(digit, png);

        // On an empty folder, with a private PostgreSQL that nobody else has.
        var trained = await RunAsync("train", "--experiment-name", "story", "--num-trials", "2", "--num-jobs", "2", "--seed", "1");
        Assert.Equal((0, ""), (trained.Code, trained.Errors));
        Assert.Contains("story: 2 complete, 0 pruned, 0 failed of 2 trials", trained.Output);
        Assert.DoesNotContain("NaN", trained.Output);
        var best = BestLine().Match(trained.Output);
        Assert.InRange(double.Parse(best.Groups["value"].Value, CultureInfo.InvariantCulture), 0.5, 1);
        Assert.InRange(int.Parse(best.Groups["trial"].Value, CultureInfo.InvariantCulture), 0, 1);
        foreach (var parameter in new[] { "learning_rate", "l1", "l2", "num_hidden", "epochs" })
        {
            Assert.Matches($@"\n  {parameter} = [\d.E-]+\r?\n", trained.Output);
        }

        await using (var server = await WorkbenchProcess.ServeAsync(null, _data.Path))
        {
            // Beside a server on the same folder.
            var none = await RunAsync("predict", digit);
            Assert.Equal((1, ""), (none.Code, none.Output));
            Assert.Contains("Promote", none.Errors);

            var more = await RunAsync("train", "--experiment-name", "story", "--num-trials", "1");
            Assert.Equal(0, more.Code);
            Assert.Contains("story: 3 complete, 0 pruned, 0 failed of 3 trials", more.Output);
            using var client = new HttpClient { BaseAddress = server.Url };
            var study = await client.GetFromJsonAsync<JsonNode>("/api/studies/story");
            Assert.Equal(("completed", 3), ((string?)study!["state"], (int)study["counts"]!["complete"]!));

            var built = await RunAsync("build", "--experiment-name", "story");
            Assert.Equal((0, ""), (built.Code, built.Errors));
            Assert.Contains("story version 1 is in production", built.Output);
            var response = await client.PostAsync("/predict", Digits.Form(png));
            Assert.Equal(label, (int)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["prediction"]!);
            Assert.Equal(0, (await RunAsync("backup", _data["backup.zip"])).Code);
            Assert.Equal(0, await server.InterruptAsync());
            Assert.Empty(server.Errors);
        }

        // What can be read is predicted, and what can't be is named.
        var predicted = await RunAsync("predict", digit, _data["absent.png"]);
        Assert.Equal(2, predicted.Code);
        Assert.StartsWith($"{digit}\t{label}\t", predicted.Output);
        Assert.EndsWith("\tstory version 1\n", predicted.Output);
        Assert.Contains("absent.png", Assert.Single(predicted.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        AssertClosedToOthers();
        await OnlyServingTakesNoLibtorchAsync(png, label);
    }

    /// <summary>A server that has trained nothing answers without libtorch, and in little memory.</summary>
    private async Task OnlyServingTakesNoLibtorchAsync(byte[] png, int label)
    {
        await using var server = await WorkbenchProcess.ServeAsync(null, _data.Path);
        using var client = new HttpClient { BaseAddress = server.Url };
        var response = await client.PostAsync("/predict", Digits.Form(png));
        Assert.Equal(label, (int)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["prediction"]!);
        if (OperatingSystem.IsLinux())
        {
            var libraries = await File.ReadAllTextAsync($"/proc/{server.Id}/maps");
            Assert.Contains("libonnxruntime", libraries, StringComparison.Ordinal);
            Assert.DoesNotContain("torch", libraries, StringComparison.OrdinalIgnoreCase);
            using var process = System.Diagnostics.Process.GetProcessById(server.Id);
            Assert.InRange(process.WorkingSet64 >> 20, 1, 300);
        }
    }

    // Models, the keys of cookies, the token, the backup.
    private void AssertClosedToOthers()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        string[] folders = [_data["artifacts"], _data["keys"]];
        List<string> files = [_data["token"], _data["backup.zip"]];
        foreach (var folder in folders)
        {
            var made = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
            Assert.NotEmpty(made);
            files.AddRange(made);
        }
        Assert.All(
            folders.Concat(folders.SelectMany(folder => Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories))),
            made => Assert.Equal((made, TemporaryFolder.ClosedToOthers), (made, TemporaryFolder.ModeOf(made))));
        Assert.All(files, made => Assert.Equal((made, UnixFileMode.UserRead | UnixFileMode.UserWrite), (made, TemporaryFolder.ModeOf(made))));
    }

    private Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) =>
        WorkbenchProcess.RunAsync(null, [.. arguments, "--data", _data.Path]);

    [GeneratedRegex(@"best val_accuracy (?<value>[\d.]+) in trial (?<trial>\d+)")]
    private static partial Regex BestLine();
}
