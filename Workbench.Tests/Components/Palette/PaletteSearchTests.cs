using Workbench.Components.Palette;
using Workbench.Core.Datasets;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components.Palette;

public sealed class PaletteSearchTests
{
    private static readonly StudyLine[] Studies =
    [
        new(3, "wide-search", StudyState.Completed, 40, StudyData.Start),
        new(2, "mnist-cnn", StudyState.Running, 20, null),
        new(1, "mnist-transfer", StudyState.Stopped, 100, StudyData.Start),
    ];

    private static readonly RegisteredModel[] Models =
    [
        new()
        {
            Name = "mnist-transfer",
            Versions = [Version(1), Version(2)],
            Aliases = [new ModelAlias { Alias = ModelAlias.Production, Version = 1 }],
        },
    ];

    private static readonly DatasetSummary[] Datasets = [new("garden", 2, "f", new(DatasetKind.Images, 960, ["daisy", "iris"], [], new(3, 300, 200, false)), StudyData.Start)];

    private static readonly Menu[] Menus =
    [
        new("File", [new("New study…", "") { Keys = "n" }, new("Go to anything…", "") { InBrowser = "palette" }]),
        new("Study", [new("Stop", "") { Unavailable = "Open a study first" }]),
        new("View", [new("Dark theme", "")]),
    ];

    [Fact]
    public void With_nothing_typed_it_offers_studies_with_the_running_one_first_and_then_commands()
    {
        var found = Find("");

        Assert.Equal(["Studies", "File", "View", "Models", "Datasets"], found.Select(group => group.Key));
        Assert.Equal(["mnist-cnn", "wide-search", "mnist-transfer"], Titles(found[0]));
    }

    [Fact]
    public void What_cannot_be_done_now_is_not_offered_and_neither_is_the_palette_itself() =>
        Assert.DoesNotContain(Find("").SelectMany(Titles), title => title is "Stop" or "Go to anything…");

    [Fact]
    public void What_fits_best_comes_first() => Assert.Equal("mnist-transfer", Find("transf")[0].First().Command.Title);

    [Fact]
    public void A_command_is_found_by_the_name_of_its_menu_too() => Assert.Equal(["Dark theme"], Titles(Find("view")[0]));

    [Fact]
    public void A_dataset_is_found_by_its_name()
    {
        var found = Assert.Single(Find("gard")[0]);

        Assert.Equal(("Datasets", "data/garden", "960 pictures · version 2"), (found.Group, found.Command.Address, found.Note));
    }

    [Fact]
    public void A_command_can_be_given_to_a_study_that_is_not_open()
    {
        var actions = Find("stop cnn").Single(group => group.Key == "Actions");

        Assert.Equal(["Stop: mnist-cnn"], Titles(actions));
    }

    [Fact]
    public void A_number_is_a_trial_of_the_study_that_was_named() =>
        Assert.Equal("studies/mnist-transfer?trial=37", Find("transfer 37").Single(group => group.Key == "Trials").Single().Command.Address);

    [Fact]
    public void A_number_alone_is_a_trial_of_the_open_study() =>
        Assert.Equal("studies/mnist-cnn?trial=7", Find("trial 7", open: Studies[1]).Single(group => group.Key == "Trials").Single().Command.Address);

    [Fact]
    public void A_trial_that_a_study_will_never_have_is_not_offered() => Assert.DoesNotContain(Find("cnn 20"), group => group.Key == "Trials");

    [Fact]
    public void A_version_of_a_model_is_found_and_says_whether_it_is_in_production()
    {
        var version = Find("transfer v1").Single(group => group.Key == "Models").First();

        Assert.Equal(("mnist-transfer v1", "production", "models/mnist-transfer?version=1"), (version.Command.Title, version.Note, version.Command.Address));
    }

    private static IReadOnlyList<IGrouping<string, PaletteItem>> Find(string query, StudyLine? open = null) =>
        PaletteSearch.Find(query, new PaletteContents(Menus, Studies, Models, Datasets, open), (_, state) =>
            [new("Stop", "") { Unavailable = state == StudyState.Running ? null : "It is not running" }]);

    private static IEnumerable<string> Titles(IGrouping<string, PaletteItem> group) => group.Select(item => item.Command.Title);

    private static ModelVersion Version(int version) => new() { Version = version, State = VersionState.Ready, ArtifactPrefix = "" };
}
