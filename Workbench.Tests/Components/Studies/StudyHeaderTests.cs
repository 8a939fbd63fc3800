using Bunit;
using Hangfire;
using Hangfire.Server;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Components.Layout;
using Workbench.Components.Studies;
using Workbench.Core.Commands;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components.Studies;

public sealed class StudyHeaderTests : PageTests
{
    [SkippableFact]
    public async Task A_study_of_a_command_says_that_no_process_runs_commands_until_one_does()
    {
        await Store.Studies.InsertAsync(
            new Study
            {
                Name = "own",
                Pipeline = Study.OfCommand,
                Dataset = null,
                Split = null,
                Command = new CommandSettings(["true"], null, CommandSettings.UsualGrace),
                Metric = "value",
                Direction = Direction.Minimize,
                SearchSpace = new SearchSpace(new FloatParameter("x", 0, 1)),
                Sampler = SamplerSettings.Default,
                Pruner = PrunerSettings.Default,
                Seed = 1,
                Jobs = 1,
                TrialsRequested = 1,
                CreatedAt = DateTimeOffset.UtcNow,
            },
            [],
            []);
        Announce("pictures", TrialQueue.Name);
        var status = Services.GetRequiredService<StatusFeed>();
        await status.RefreshAsync();

        var view = (await StudyView.OpenAsync(Store.Queries, "own", default))!;
        var header = Render<StudyHeader>(p => p.Add(x => x.View, view));

        Assert.Contains("--allow-commands", header.Find(".preparing").TextContent, StringComparison.Ordinal);
        Announce("commands", TrialQueue.Name, TrialQueue.Commands);
        await status.RefreshAsync();
        await header.WaitForAssertionAsync(() => Assert.Empty(header.FindAll(".preparing")), Limit);
    }

    private void Announce(string server, params string[] queues)
    {
        using var connection = Services.GetRequiredService<JobStorage>().GetConnection();
        connection.AnnounceServer(server, new ServerContext { Queues = queues, WorkerCount = 1 });
    }
}
