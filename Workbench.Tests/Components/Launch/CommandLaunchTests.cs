using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Workbench.Core.Commands;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components.Launch;

public sealed class CommandLaunchTests : LaunchTests
{
    [SkippableFact]
    public async Task A_command_is_offered_only_where_commands_are_run()
    {
        await OpenAsync();

        Assert.DoesNotContain(Study.OfCommand, Dialogs.FindAll("#pipeline option").Select(option => option.TextContent));
    }

    [SkippableFact]
    public async Task A_study_of_a_command_isLaunched_with_what_was_typed()
    {
        Services.GetRequiredService<IOptions<CommandOptions>>().Value.Allow = true;
        await OpenAsync();
        await ChooseAsync("pipeline", Study.OfCommand);
        Assert.Empty(Dialogs.FindAll("#dataset"));
        await EnterAsync("searchSpace", """{"lr": {"type": "float", "low": 0, "high": 1}}""");
        await EnterAsync("command", "train --lr {rate}");
        Assert.Contains("{rate}", Dialogs.Find("#command-hint").TextContent, StringComparison.Ordinal);
        Assert.True(Dialogs.Find("button[type=submit]").HasAttribute("disabled"));
        await EnterAsync("command", "train --lr {lr} 'a b'");
        await EnterAsync("metric", "acc");
        await ChooseAsync("direction", "Maximize");
        await EnterAsync("timeLimit", "60");
        await Dialogs.InvokeAsync(() => Dialogs.Find("#name").InputAsync("own"));

        await Dialogs.InvokeAsync(() => Dialogs.Find("#launch").SubmitAsync());

        Assert.Equal("own", await Launched.WaitAsync(Limit));
        var study = (await Store.Queries.GetAsync("own")).Study;
        Assert.Equal(new CommandSettings(["train", "--lr", "{lr}", "a b"], 60, CommandSettings.UsualGrace), study.Command);
        Assert.Equal(("acc", Direction.Maximize, null), (study.Metric, study.Direction, study.Dataset));
    }

    [SkippableFact]
    public async Task A_study_of_a_command_isLaunched_again_as_it_was()
    {
        Services.GetRequiredService<IOptions<CommandOptions>>().Value.Allow = true;
        var space = new SearchSpace(new FloatParameter("lr", 0, 1), new IntParameter("depth", 1, 9));
        await Services.GetRequiredService<StudyService>().LaunchAsync(new StudyRequest(
            "own", 3, 2, Study.OfCommand, SearchSpace: space, Metric: "acc", Direction: Direction.Maximize,
            Command: new CommandText(["train", "a \\ \"b\"", "c\\d"]), TimeLimit: 2.5, Grace: 3));
        await OpenAsync("own");

        await Dialogs.InvokeAsync(() => Dialogs.Find("#launch").SubmitAsync());

        Assert.Equal("own-2", await Launched.WaitAsync(Limit));
        var (first, again) = ((await Store.Queries.GetAsync("own")).Study, (await Store.Queries.GetAsync("own-2")).Study);
        Assert.Equal(first.Command, again.Command);
        Assert.Equal(space, again.SearchSpace);
        Assert.Equal((first.Metric, first.Direction, first.Jobs, first.Seed), (again.Metric, again.Direction, again.Jobs, again.Seed));
    }
}
