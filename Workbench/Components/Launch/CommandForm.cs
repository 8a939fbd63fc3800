using System.Globalization;
using Workbench.Core.Commands;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Components.Launch;

/// <summary>What a study of a command needs besides others, as it is typed.</summary>
public sealed class CommandForm
{
    // Not asked for: a study that is launched again keeps it.
    private double? _grace;

    /// <summary>The command, on one line.</summary>
    public string Command { get; set; } = "";

    /// <summary>The objective.</summary>
    public string Metric { get; set; } = "value";

    /// <summary>Whether it is to be small or large.</summary>
    public Direction Direction { get; set; }

    /// <summary>The search space as JSON.</summary>
    public string Space { get; set; } = "";

    /// <summary>In seconds; empty for none.</summary>
    public string TimeLimit { get; set; } = "";

    /// <summary>What is filled in to launch a study again.</summary>
    public static CommandForm Of(Study study) => new()
    {
        Command = study.Command!.ToString(),
        Metric = study.Metric,
        Direction = study.Direction,
        Space = study.SearchSpace.ToString(),
        TimeLimit = study.Command.TimeLimit?.ToString(CultureInfo.InvariantCulture) ?? "",
        _grace = study.Command.Grace,
    };

    /// <summary>The search space; null while it is none.</summary>
    public SearchSpace? TryRead()
    {
        try
        {
            return SearchSpace.Parse(Space);
        }
        catch (SearchException)
        {
            return null;
        }
    }

    /// <summary>What is wrong, by field as the server spells it.</summary>
    public Dictionary<string, string> Faults()
    {
        var faults = new Dictionary<string, string>();
        if (TimeLimit.Trim().Length > 0 && Number is not > 0)
        {
            faults["timeLimit"] = "A number of seconds, or nothing.";
        }
        if (Space.Trim().Length == 0)
        {
            faults["searchSpace"] = "It is needed, as JSON.";
        }
        else
        {
            Collect(() => SearchSpace.Parse(Space), "searchSpace");
        }
        if (faults.Count == 0)
        {
            Collect(() => Apply(new StudyRequest("name", 1)).CheckOwn(), "searchSpace");
        }
        return faults;

        void Collect(Action check, string field)
        {
            try
            {
                check();
            }
            catch (SearchException fault)
            {
                faults[field] = fault.Message;
            }
            catch (FieldException fault)
            {
                faults[fault.Field.Split('.')[0]] = Format.Sentence(fault.Message);
            }
        }
    }

    /// <summary>A request with what was typed; only of a form without faults.</summary>
    public StudyRequest Apply(StudyRequest request) => request with
    {
        Pipeline = Study.OfCommand,
        Dataset = null,
        DatasetVersion = null,
        Encoder = null,
        Split = null,
        SearchSpace = TryRead(),
        Metric = Metric.Trim(),
        Direction = Direction,
        Command = new CommandText(Command),
        TimeLimit = Number,
        Grace = _grace,
    };

    private double? Number => double.TryParse(TimeLimit, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
