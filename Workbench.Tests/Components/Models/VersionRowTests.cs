using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Components.Models;
using Workbench.Core.Models;
using Workbench.Core.Tracking;
using Workbench.Tests.Training;

namespace Workbench.Tests.Components.Models;

public sealed class VersionRowTests : ComponentTests
{
    [Theory]
    [InlineData(3, 2, "Make production")]
    [InlineData(1, 2, "Roll back to this")]
    public async Task A_ready_version_can_be_put_into_production(int version, int served, string action)
    {
        (string Model, int Version)? asked = null;
        var row = Row(version, VersionState.Ready, served, chosen => asked = chosen);

        Assert.Equal(action, row.Find("td.ways button:not([aria-haspopup])").TextContent);
        await row.InvokeAsync(() => row.Find("td.ways button:not([aria-haspopup])").ClickAsync(new()));

        Assert.Equal(("digits", version), asked);
    }

    [Fact]
    public void The_version_in_production_says_so_and_can_be_downloaded()
    {
        var row = Row(2, VersionState.Ready, served: 2);

        Assert.Equal("production", row.Find(".alias").TextContent);
        Assert.Empty(row.FindAll("td.ways button:not([aria-haspopup])"));
        Assert.Equal("api/models/digits/versions/2/download", row.Find("a[download]").GetAttribute("href"));
    }

    [Theory]
    [InlineData(VersionState.Pending)]
    [InlineData(VersionState.Failed)]
    public void What_is_not_ready_offers_nothing(VersionState state) => Assert.Empty(Row(1, state, served: 2).FindAll("td.ways > *"));

    [Fact]
    public void The_first_three_tags_stand_in_the_row_and_how_many_more_there_are()
    {
        var row = Row(1, VersionState.Ready, served: 2, tags: new() { ["d"] = "", ["c"] = "3", ["b"] = "", ["a"] = "1", ["e"] = "" });

        Assert.Equal(["a:1", "b", "c:3"], row.FindAll("span.tag").Select(tag => tag.TextContent));
        Assert.Equal("+2", row.Find(".tags .muted").TextContent);
    }

    [Fact]
    public void Its_metrics_are_those_of_its_manifest_whatever_they_are_called()
    {
        var row = Row(1, VersionState.Ready, served: 2, manifest: new ModelManifest
        {
            Pipeline = "other",
            Classes = ["a", "b"],
            Input = new(1, 8, 8, new("scaled", new Dictionary<string, double>())),
            Metrics = new Dictionary<string, double> { ["f1"] = 0.5, ["accuracy"] = 0.75 },
            CreatedAt = StudyData.Start,
        }.ToJson());

        Assert.Equal(["accuracy 0.7500", "f1 0.5000"], row.FindAll(".figures .metric").Select(metric => metric.TextContent));
    }

    private IRenderedComponent<VersionRow> Row(int number, VersionState state, int served, Action<(string, int)>? onServe = null, Dictionary<string, string>? tags = null, string? manifest = null)
    {
        var version = new ModelVersion { Version = number, Trial = 4, RunId = 9, ArtifactPrefix = "models/1/1", State = state, Sha256 = state == VersionState.Ready ? new string('a', 64) : null, CreatedAt = StudyData.Start, Tags = tags ?? [], Manifest = manifest };
        Services.AddSingleton(Samples.Pipelines);
        var model = new RegisteredModel
        {
            Name = "digits",
            Versions = [version],
            Aliases = [new ModelAlias { Alias = ModelAlias.Production, Version = served }],
        };
        return Render<VersionRow>(row => row.Add(r => r.Model, model).Add(r => r.Version, version).Add(r => r.OnServe, onServe ?? (_ => { })));
    }
}
