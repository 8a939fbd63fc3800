using System.CommandLine;
using Workbench.Core;
using Workbench.Core.Platform;

namespace Workbench.Commands;

/// <summary><c>worker</c>: runs jobs, and nothing else, until it is stopped.</summary>
internal sealed class WorkerCommand : Verb
{
    public static readonly Option<int> WorkersOption = Workers();

    public WorkerCommand()
        : base("worker", "Only run jobs: trials and builds of all studies in the database.") => Options.Add(WorkersOption);

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var builder = CreateBuilder();
        await using var session = await Session.OpenAsync(arguments, builder.Configuration, cancellationToken);
        var workers = arguments.GetValue(WorkersOption);
        builder.Services.AddWorkbench(session.Database, session.Artifacts, session.Data).AddWorkers(workers);
        using var host = builder.Build();
        Console.WriteLine($"Worker {Machine.WorkerName} runs {workers} trials at a time. Ctrl-C stops it.");
        await host.RunAsync(cancellationToken);
        return Done;
    }

    private static Option<int> Workers()
    {
        var option = new Option<int>("--workers")
        {
            Description = "How many trials run at the same time in this process.",
            DefaultValueFactory = _ => Machine.Cores,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"--workers is {result.GetValueOrDefault<int>()}; it must be at least 1.");
            }
        });
        return option;
    }
}
