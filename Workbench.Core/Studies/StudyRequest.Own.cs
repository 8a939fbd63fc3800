using Workbench.Core.Commands;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Core.Studies;

/// <content>Studies that no pipeline of ours trains: those of clients, and of commands.</content>
public sealed partial record StudyRequest
{
    /// <summary>Whether no pipeline of ours trains the study.</summary>
    internal bool IsUntrained => Kind is Study.External or Study.OfCommand;

    /// <summary>The pipeline; who gives a command need not name it.</summary>
    internal string? Kind => Pipeline ?? (Command is null ? null : Study.OfCommand);

    /// <summary>Checks the search space of a study that no pipeline of ours trains, which has to bring one.</summary>
    /// <exception cref="FieldException">There is none, or it has a parameter that can't be stored.</exception>
    internal SearchSpace ValidSpace()
    {
        FieldException.Require("searchSpace", SearchSpace is null or { Count: 0 } ? $"searchSpace is missing; only {(Command is null ? "the clients of an external study know" : "the command knows")} its parameters." : null);
        foreach (var (parameter, message) in TextFaults(SearchSpace!))
        {
            throw new FieldException($"searchSpace.{parameter}", $"searchSpace: {message}");
        }
        return SearchSpace!;
    }

    /// <summary>Checks what a study of a command says of itself, its name and budget aside.</summary>
    /// <exception cref="FieldException">A field is wrong.</exception>
    public void CheckOwn()
    {
        FieldException.Require("metric", string.IsNullOrEmpty(Metric) ? "metric is missing." : Text.TextRule.LineFault("metric", Metric, Text.TextRule.MostNameCharacters));
        RequireOfKind();
        ValidCommand(ValidSpace());
    }

    /// <summary>Checks the command and its placeholders.</summary>
    /// <param name="space">The search space.</param>
    /// <exception cref="FieldException">It is missing, or can't be run.</exception>
    internal CommandSettings ValidCommand(SearchSpace space)
    {
        var arguments = Arguments();
        FieldException.Require("command", arguments is null or [] ? "command is missing, such as \"python train.py --lr {learning_rate}\"." : null);
        FieldException.Require("command", arguments![0].Length == 0 ? "command begins with an empty text, where the program is named." : null);
        FieldException.Require("command", arguments.Count > CommandSettings.MostArguments ? $"command has {arguments.Count} arguments; {CommandSettings.MostArguments} is the most." : null);
        foreach (var argument in arguments)
        {
            FieldException.Require("command", Text.TextRule.Fault("An argument of command", argument, CommandSettings.MostCharacters));
        }
        FieldException.Require("command", Placeholders.Unknown(arguments, space) is { } unknown
            ? $"command has {{{unknown}}}, which is no parameter of the search space: it has {Words.List([.. space.Select(parameter => parameter.Name)])}. A brace itself is written twice."
            : null);
        var twice = space.GroupBy(parameter => Placeholders.Variable(parameter.Name)).FirstOrDefault(same => same.Count() > 1);
        FieldException.Require("searchSpace", twice is null ? null : $"searchSpace: {string.Join(" and ", twice.Select(parameter => parameter.Name))} would share the environment variable {twice.Key}.");
        return new CommandSettings(arguments, TimeLimit, Grace ?? CommandSettings.UsualGrace);
    }

    /// <summary>The command's program and arguments; null without a command.</summary>
    /// <exception cref="FieldException">A quote is not closed.</exception>
    internal IReadOnlyList<string>? Arguments()
    {
        try
        {
            return Command?.Arguments();
        }
        catch (FormatException fault)
        {
            throw new FieldException("command", $"command can't be split into arguments: {fault.Message}");
        }
    }

    // What clients or a command decide by themselves is refused rather than passed over, and the other way round.
    private void RequireOfKind()
    {
        RequireNone(
            IsUntrained,
            [("dataset", Dataset), ("datasetVersion", DatasetVersion), ("encoder", Encoder), ("split", Split)],
            "{0} is not for an external study or one of a command, which have their own data.");
        RequireNone(
            !IsUntrained,
            [("metric", Metric), ("direction", Direction)],
            $"{{0}} is for a study with the pipeline {Study.External} or {Study.OfCommand}; of others it follows from the pipeline.");
        RequireNone(Kind != Study.External, [("silence", Silence)], $"{{0}} is for a study with the pipeline {Study.External}.");
        RequireNone(
            Kind != Study.OfCommand,
            [("command", Command), ("timeLimit", TimeLimit), ("grace", Grace)],
            $"{{0}} is for a study with the pipeline {Study.OfCommand}.");
        FieldException.Require("timeLimit", TimeLimit is null or (> 0 and <= CommandSettings.MostTime)
            ? null : FormattableString.Invariant($"timeLimit is {TimeLimit}; it must be above 0 and at most {CommandSettings.MostTime} seconds."));
        FieldException.Require("grace", Grace is null or (>= 0 and <= CommandSettings.MostGrace)
            ? null : FormattableString.Invariant($"grace is {Grace}; it must be from 0 to {CommandSettings.MostGrace} seconds."));
    }

    private static void RequireNone(bool isOfKind, (string Field, object? Given)[] fields, string refusal)
    {
        if (isOfKind && fields.FirstOrDefault(field => field.Given is not null) is { Field: { } field })
        {
            throw new FieldException(field, string.Format(System.Globalization.CultureInfo.InvariantCulture, refusal, field));
        }
    }
}
