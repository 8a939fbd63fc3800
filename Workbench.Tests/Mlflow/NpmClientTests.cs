using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Mlflow;

/// <summary>npm's client of MLflow, unchanged.</summary>
[Collection(MlflowCollection.Name)]
public class NpmClientTests(ServedWorkbench workbench)
{
    [SkippableFact]
    public async Task Everything_that_it_can_ask_is_answered()
    {
        var folder = Path.Combine(Path.GetDirectoryName(Here())!, "npm");
        var node = Requirement.FindProgram("node");
        Requirement.Need("Node.js", node is not null, "Install nodejs and npm.");
        Requirement.Need("npm's mlflow", Directory.Exists(Path.Combine(folder, "node_modules", "mlflow")), $"Run npm ci --prefix {folder}.");

        using var process = new System.Diagnostics.Process
        {
            StartInfo = new(node, [Path.Combine(folder, "client.js"), workbench.Url.ToString().TrimEnd('/'), MlflowClient.Unique("npm")])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors + await output);

        var said = JsonNode.Parse((await output).TrimEnd().Split('\n')[^1])!;
        Assert.True((bool)said["listed"]!);
        Assert.EndsWith(" renamed", (string?)said["renamed"]);
        Assert.Contains("RESOURCE_ALREADY_EXISTS", (string?)said["taken"]);
        Assert.Equal("[1,0.5,0.3333333333333333]", said["history"]!.ToJsonString());
        Assert.Equal("[true]", said["found"]!.ToJsonString());
        Assert.Equal("FINISHED", (string?)said["status"]);
        Assert.True((bool)said["root"]!);
        Assert.Equal("""{"acc":0.5,"loss":0.3333333333333333,"once":5}""", said["metrics"]!.ToJsonString());
        Assert.Equal("""{"lr":"1e-3","model":"cnn"}""", said["params"]!.ToJsonString());
        Assert.Equal(["c", "made", "mlflow.runName"], said["tags"]!.AsArray().Select(tag => (string?)tag));
        Assert.Contains("INVALID_PARAMETER_VALUE", (string?)said["refused"]);
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
