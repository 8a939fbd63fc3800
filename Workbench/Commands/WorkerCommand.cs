using System.CommandLine;
using Workbench.Core;
using Workbench.Core.Commands;
using Workbench.Core.Configuration;
using Workbench.Core.Jobs;
using Workbench.Core.Platform;

namespace Workbench.Commands;

/// <summary><c>worker</c>: runs jobs, and nothing else, until it is stopped.</summary>
internal sealed class WorkerCommand : Verb
{
    public static readonly SettingOption WorkersOption =
        SettingOption.For<JobOptions>(nameof(JobOptions.Workers), "How many trials run at the same time in this process.");

    public static readonly SettingOption CommandsOption = MakeCommandsOption();

    public WorkerCommand()
        : base("worker", "Only run jobs: trials and builds of all studies in the database.")
    {
        Options.Add(WorkersOption);
        Options.Add(CommandsOption);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var builder = CreateBuilder(arguments);
        await using var session = await Session.OpenAsync(builder.Configuration, cancellationToken);
        using var host = session.Settings<CommandOptions>().Allow ? TrackingServer.Build(arguments, session, Add) : Plain();
        Console.WriteLine($"Worker {Machine.WorkerName} runs {host.Services.Settings<JobOptions>().Workers} trials at a time. Ctrl-C stops it.");
        await host.RunAsync(cancellationToken);
        return Done;

        void Add(IServiceCollection services) => services.AddWorkbench(session.Database, session.Artifacts, session.Data).AddWorkers();

        IHost Plain()
        {
            Add(builder.Services);
            return builder.Build();
        }
    }

    private static SettingOption MakeCommandsOption()
    {
        var option = SettingOption.For<CommandOptions>(
            nameof(CommandOptions.Allow), "Run commands of studies here, with all rights of this process, for everyone who may launch studies.");
        // Without a value it says yes.
        option.Arity = ArgumentArity.ZeroOrOne;
        option.HelpName = "true|false";
        return option;
    }
}
