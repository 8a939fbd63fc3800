using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Workbench.Core;
using Workbench.Core.Commands;
using Workbench.Core.Datasets;
using Workbench.Core.Platform;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Commands;

/// <summary><c>train</c>: launches a study, or adds trials to it, works on it, and ends when it has.</summary>
internal sealed class TrainCommand : Verb
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    private readonly Option<string> _name = new("--experiment-name")
    {
        Description = "The study; an existing one gets more trials.",
        Required = true,
        HelpName = "NAME",
    };

    private readonly Option<int> _trials = NumberOption.WithDefault("--num-trials", "How many trials to run.", 20, 1, StudyRequest.MaximumTrials);
    private readonly Option<int?> _jobs = NumberOption.Optional(
        "--num-jobs", "How many of them at the same time [default: one per core].", 1, StudyRequest.MaximumJobs);
    private readonly Option<string?> _pipeline = new("--pipeline") { Description = "The training pipeline: transfer or cnn [default: transfer]." };
    private readonly Option<string?> _dataset = new("--dataset") { Description = $"The dataset; its newest version [default: {DatasetCatalog.Default}].", HelpName = "NAME" };
    private readonly Option<string?> _sampler = new("--sampler")
    {
        Description = "What proposes parameters, such as tpe or random; with options as JSON [default: tpe].",
    };

    private readonly Option<string?> _pruner = new("--pruner")
    {
        Description = "What ends hopeless trials early, such as none or hyperband; with options as JSON [default: the pipeline's].",
    };

    private readonly Option<long?> _seed = NumberOption.Optional("--seed", "The root of all random numbers [default: drawn at random].", 0, long.MaxValue);

    // The ranges of the conditions are the stopping rule's own.
    private readonly Option<double?> _timeout = NumberOption.Optional(
        "--timeout", "End after this time; trials that run then go to their end.", double.MinValue, double.MaxValue, helpName: "SECONDS");

    private readonly Option<int?> _patience = NumberOption.Optional(
        "--patience", "End after this many trials in a row without improvement.", int.MinValue, int.MaxValue);

    private readonly Option<double?> _target = NumberOption.Optional(
        "--target", "End once a trial has reached this value of the objective.", double.MinValue, double.MaxValue);

    private readonly Option<string[]> _enqueue = new("--enqueue")
    {
        Description = "Parameters of a trial to run before sampled ones, such as {\"learning_rate\": 0.01}; may be repeated.",
        HelpName = "JSON",
    };

    private readonly Option<string?> _warmStart = new("--warm-start")
    {
        Description = "A study from whose finished trials the sampler learns, too.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _command = new("--command")
    {
        Description = "Run this as each trial, with placeholders for parameters; for example \"python train.py --lr {learning_rate}\".",
        HelpName = "COMMAND",
    };

    private readonly Option<FileInfo?> _space = new("--search-space") { Description = "A JSON file with the search space [default: the pipeline's].", HelpName = "FILE" };
    private readonly Option<string?> _metric = new("--metric") { Description = "The objective of a command [default: value].", HelpName = "NAME" };
    private readonly Option<Direction?> _direction = new("--direction") { Description = "Whether that objective is to be small or large: minimize or maximize [default: minimize]." };
    private readonly Option<double?> _timeLimit = NumberOption.Optional(
        "--time-limit", "How long a trial of a command may take.", double.MinValue, double.MaxValue, helpName: "SECONDS");

    private readonly Option<double?> _grace = NumberOption.Optional(
        "--grace", "How long a command that is asked to end has, before it is killed [default: 10].", double.MinValue, double.MaxValue, helpName: "SECONDS");

    private readonly Option<string?> _key = IdempotencyKey();

    private readonly Option<bool> _resume = new("--resume") { Description = "Resume the stopped study instead of adding trials." };

    public TrainCommand()
        : base("train", "Run a study: a parallel search for the best hyperparameters.")
    {
        Options.Add(_name);
        Options.Add(_trials);
        Options.Add(_jobs);
        Options.Add(_pipeline);
        Options.Add(_dataset);
        Options.Add(_sampler);
        Options.Add(_pruner);
        Options.Add(_seed);
        Options.Add(_timeout);
        Options.Add(_patience);
        Options.Add(_target);
        Options.Add(_enqueue);
        Options.Add(_warmStart);
        Options.Add(_command);
        Options.Add(_space);
        Options.Add(_metric);
        Options.Add(_direction);
        Options.Add(_timeLimit);
        Options.Add(_grace);
        Options.Add(_key);
        Options.Add(_resume);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var request = new StudyRequest(
            arguments.GetValue(_name),
            arguments.GetValue(_trials),
            arguments.GetValue(_jobs),
            arguments.GetValue(_pipeline),
            arguments.GetValue(_dataset),
            Sampler: Settings<SamplerSettings>(arguments.GetValue(_sampler)),
            Pruner: Settings<PrunerSettings>(arguments.GetValue(_pruner)),
            Seed: arguments.GetValue(_seed),
            Stopping: Stopping(arguments),
            Enqueue: arguments.GetValue(_enqueue)?.Select(ParameterSetOf).ToList(),
            WarmStart: arguments.GetValue(_warmStart),
            SearchSpace: arguments.GetValue(_space) is { } file ? SearchSpace.Parse(await File.ReadAllTextAsync(file.FullName, cancellationToken)) : null,
            Metric: arguments.GetValue(_metric),
            Direction: arguments.GetValue(_direction),
            Command: arguments.GetValue(_command) is { } line ? new CommandText(Located(line)) : null,
            TimeLimit: arguments.GetValue(_timeLimit),
            Grace: arguments.GetValue(_grace));
        var builder = CreateBuilder(arguments);
        await using var session = await Session.OpenAsync(builder.Configuration, cancellationToken);
        using var host = await CommandHost.BuildAsync(
            builder, arguments, session, Math.Min(request.Jobs ?? Machine.Cores, Machine.Cores), request.Name!, request.Command is not null, cancellationToken);
        var studies = host.Services.GetRequiredService<StudyService>();
        if (arguments.GetValue(_resume))
        {
            await studies.ResumeAsync(request.Name!, cancellationToken);
        }
        else
        {
            await host.Services.GetRequiredService<IdempotentRequests>().OnceAsync(
                arguments.GetValue(_key), new { launch = request }, () => studies.LaunchAsync(request, cancellationToken), cancellationToken);
        }
        // Its workers stop when we say so, not at the first Ctrl-C: trials are to end as stopped.
        await host.StartAsync(CancellationToken.None);
        var watch = new StudyWatch(host.Services, request.Name!);
        var completed = await ShowAsync(watch, cancellationToken);
        if (!completed)
        {
            using var limit = new CancellationTokenSource(StopLimit);
            await watch.StopAsync(limit.Token);
        }
        await host.FinishMirroringAsync();
        await host.StopAsync(CancellationToken.None);
        var summary = await watch.ReadAsync();
        Report(summary);
        // A study that was cut short is not done: what follows in a script, as in train && build, would be for another outcome.
        return summary.Study.State != StudyState.Stopped ? (summary.Best is null ? Failed : Done)
            : cancellationToken.IsCancellationRequested ? Interrupted
            : Failed;
    }

    // Each trial runs in a folder of its own: what is meant to be in this one is named wherever it runs.
    private static IReadOnlyList<string> Located(string line)
    {
        try
        {
            return [.. new CommandText(line).Arguments().Select(argument =>
                File.Exists(argument) || argument.StartsWith("./", StringComparison.Ordinal) || argument.StartsWith("../", StringComparison.Ordinal)
                    ? Path.GetFullPath(argument)
                    : argument)];
        }
        catch (FormatException fault)
        {
            throw new FieldException("command", $"--command can't be split into arguments: {fault.Message}");
        }
    }

    // Without any of them an existing study keeps its rule.
    private StoppingRule? Stopping(ParseResult arguments)
    {
        var rule = new StoppingRule
        {
            Seconds = arguments.GetValue(_timeout),
            Patience = arguments.GetValue(_patience),
            Target = arguments.GetValue(_target),
        };
        return rule.IsEmpty ? null : rule;
    }

    private static ParameterSet ParameterSetOf(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<ParameterSet>(text)!;
        }
        catch (JsonException)
        {
            throw new FieldException("enqueue", $"'{text}' is not JSON such as {{\"learning_rate\": 0.01}}.");
        }
    }

    private static T? Settings<T>(string? text)
        where T : class
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize<T>(text.StartsWith('{') ? text : JsonSerializer.Serialize(text));
        }
        catch (JsonException)
        {
            throw new FieldException(typeof(T).Name, $"'{text}' is neither a name nor JSON such as {{\"type\":\"tpe\"}}.");
        }
    }

    /// <returns>False when it was interrupted before the study ended.</returns>
    private static Task<bool> ShowAsync(StudyWatch watch, CancellationToken cancellationToken) => AnsiConsole.Progress()
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(async progress =>
        {
            var bar = progress.AddTask("starting");
            return await watch.UntilEndedAsync(
                summary =>
                {
                    bar.MaxValue = summary.Study.TrialsRequested;
                    bar.Value = summary.Counts.Finished;
                    bar.Description = FormattableString.Invariant(
                        $"{summary.Counts.Finished} of {summary.Study.TrialsRequested} trials, best {summary.Best?.Value.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–"}");
                },
                cancellationToken);
        });

    private static void Report(StudySummary summary)
    {
        var (study, counts) = (summary.Study, summary.Counts);
        Console.WriteLine(FormattableString.Invariant(
            $"{study.Name}: {counts.Complete} complete, {counts.Pruned} pruned, {counts.Failed} failed of {study.TrialsRequested} trials"));
        if (study.StopReason is { } reason)
        {
            Console.WriteLine(reason);
        }
        if (study.State == StudyState.Stopped)
        {
            Console.WriteLine($"Stopped. To go on: train --experiment-name \"{study.Name}\" --resume");
        }
        if (summary.Best is not { } best)
        {
            Console.Error.WriteLine("No trial completed.");
            return;
        }
        Console.WriteLine(FormattableString.Invariant($"best {study.Metric} {best.Value:0.00000} in trial {best.Number}"));
        foreach (var parameter in study.SearchSpace.Where(p => best.Params.ContainsKey(p.Name)))
        {
            Console.WriteLine($"  {parameter.Name} = {best.Params[parameter.Name]}");
        }
    }
}
