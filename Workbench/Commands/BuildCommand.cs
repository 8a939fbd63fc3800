using System.CommandLine;
using Spectre.Console;
using Workbench.Core;
using Workbench.Core.Registry;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Commands;

/// <summary><c>build</c>: trains a study's best parameters on all the data and registers the model.</summary>
internal sealed class BuildCommand : Verb
{
    private readonly Option<string> _name = new("--experiment-name")
    {
        Description = "The study whose best trial is built.",
        Required = true,
        HelpName = "NAME",
    };

    private readonly Option<int?> _trial = NumberOption.Optional("--trial", "Build this trial instead of the best.", 0, int.MaxValue);

    private readonly Option<bool> _onlyBuild = new("--only-build") { Description = "Do not put the version into production." };

    private readonly Option<string?> _key = IdempotencyKey();

    public BuildCommand()
        : base("build", "Build the production model of a study and, unless told otherwise, put it into production.")
    {
        Options.Add(_name);
        Options.Add(_trial);
        Options.Add(_onlyBuild);
        Options.Add(_key);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var builder = CreateBuilder(arguments);
        await using var session = await Session.OpenAsync(builder.Configuration, cancellationToken);
        var (name, trial, production) = (arguments.GetValue(_name)!, arguments.GetValue(_trial), !arguments.GetValue(_onlyBuild));
        using var host = await CommandHost.BuildAsync(builder, arguments, session, workers: 1, name, isCommand: false, cancellationToken);
        var promotion = await host.Services.GetRequiredService<IdempotentRequests>().OnceAsync(
            arguments.GetValue(_key),
            new { promote = name, trial, production },
            () => host.Services.GetRequiredService<ModelRegistry>().PromoteAsync(name, trial, production, cancellationToken),
            cancellationToken);
        // From here on it is written down, and whatever worker there is builds it: an interruption only ends the waiting.
        await host.StartAsync(CancellationToken.None);
        var run = await ShowAsync(host.Services, promotion, cancellationToken);
        await host.FinishMirroringAsync();
        await host.StopAsync(CancellationToken.None);
        if (run is null)
        {
            await Console.Error.WriteLineAsync(
                $"Interrupted. The build of {promotion.Model} version {promotion.Version} goes on as soon as a worker or a server runs.");
            return Interrupted;
        }
        if (run.State != TrialState.Complete)
        {
            await Console.Error.WriteLineAsync($"The build failed: {run.Error}");
            return Failed;
        }
        var built = (await host.Services.GetRequiredService<ModelRegistry>().GetAsync(promotion.Model, CancellationToken.None)).Versions.Find(v => v.Version == promotion.Version);
        Console.WriteLine(built is { IsServable: false }
            ? $"{promotion.Model} version {promotion.Version} is ready ({run.Name}). It is kept, but not served: for that the command writes model.onnx and labels.txt."
            : $"{promotion.Model} version {promotion.Version} is {(production ? "in production" : "ready")} ({run.Name}).");
        return Done;
    }

    /// <returns>The run as it has ended; null when interrupted before.</returns>
    private static async Task<Run?> ShowAsync(IServiceProvider services, Promotion promotion, CancellationToken cancellationToken)
    {
        try
        {
            // What it shows is text: a bracket in it would be taken for markup.
            return await AnsiConsole.Status().StartAsync(
                Markup.Escape($"building {promotion.Model} version {promotion.Version}"),
                status => EndAsync(services, promotion.Run, activity => status.Status = Markup.Escape(activity), cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static Task<Run> EndAsync(IServiceProvider services, long runId, Action<string> show, CancellationToken cancellationToken) =>
        services.GetRequiredService<ChangeFeed>().UntilAsync(
            change => change.RunId == runId,
            () => services.GetRequiredService<StudyQueries>().RunAsync(runId, cancellationToken),
            run =>
            {
                show(run.Activity ?? "training on all the data");
                return run.State != TrialState.Running;
            },
            cancellationToken: cancellationToken);
}
