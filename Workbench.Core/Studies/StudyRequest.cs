using Workbench.Core.Commands;
using Workbench.Core.Datasets;
using Workbench.Core.Search;
using Workbench.Core.Text;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Core.Studies;

/// <summary>What a person asks for when launching a study. What is null takes the default; for an existing study, what it has.</summary>
/// <param name="Name">1 to 80 letters, digits, spaces, <c>.</c>, <c>_</c> or <c>-</c>, the first one a letter or digit.</param>
/// <param name="Trials">How many trials to run, 1 to 100,000; for an existing study, how many more.</param>
/// <param name="Jobs">How many of them at the same time, 1 to 64; null for one per processor core of this machine.</param>
/// <param name="Pipeline">The training pipeline; null for <c>transfer</c>.</param>
/// <param name="Dataset">The dataset; null for <c>mnist</c>.</param>
/// <param name="Sampler">What proposes parameters; null for TPE.</param>
/// <param name="Pruner">What ends hopeless trials early; null for none with <c>transfer</c>, whose trials are short, Hyperband otherwise.</param>
/// <param name="Seed">The root of all random numbers, not negative; null for one drawn at random.</param>
/// <param name="SearchSpace">The parameters and their ranges; null for the pipeline's own.</param>
/// <param name="Split">The division into training and validation images; null for 70/30, stratified.</param>
/// <param name="Stopping">What ends the study before its last trial; null for nothing.</param>
/// <param name="Enqueue">Parameters of the next trials, in this order; what a set leaves out is sampled. They count as trials, and don't add any.</param>
/// <param name="WarmStart">The name of a study with the same objective, from whose finished trials the sampler learns; null for none.</param>
/// <param name="DatasetVersion">The version of the dataset; null for the newest.</param>
/// <param name="Encoder">The encoder to train on; null for the one that suits the dataset. Only with a pipeline that has one.</param>
/// <param name="Metric">The objective of a study of clients or of a command; null for <c>value</c>. The objective of others is their pipeline's.</param>
/// <param name="Direction">Whether that objective is to be small or large; null for small.</param>
/// <param name="Silence">
/// How many seconds the client of an external study's trial may be silent, 1 to 604,800, before the trial is given to another; null for 600.
/// </param>
/// <param name="Command">What is run as the trials of a study with the pipeline <c>command</c>.</param>
/// <param name="TimeLimit">How many seconds a trial of a command may take; null for as long as it likes.</param>
/// <param name="Grace">How many seconds a command that is asked to end has for it, before it is killed; null for 10.</param>
public sealed partial record StudyRequest(
    string? Name,
    int Trials,
    int? Jobs = null,
    string? Pipeline = null,
    string? Dataset = null,
    SamplerSettings? Sampler = null,
    PrunerSettings? Pruner = null,
    long? Seed = null,
    SearchSpace? SearchSpace = null,
    SplitSettings? Split = null,
    StoppingRule? Stopping = null,
    IReadOnlyList<ParameterSet>? Enqueue = null,
    string? WarmStart = null,
    int? DatasetVersion = null,
    string? Encoder = null,
    string? Metric = null,
    Direction? Direction = null,
    double? Silence = null,
    CommandText? Command = null,
    double? TimeLimit = null,
    double? Grace = null)
{
    /// <summary>The longest name.</summary>
    public const int MaximumNameLength = 80;

    /// <summary>The most trials one request may ask for.</summary>
    public const int MaximumTrials = 100_000;

    /// <summary>The most trials of one study that may run at the same time.</summary>
    public const int MaximumJobs = 64;

    /// <summary>The most parameter sets one request may enqueue.</summary>
    public const int MaximumEnqueued = 1_000;

    /// <summary>The silence of a request that says none, in seconds.</summary>
    public const int UsualSilence = 600;

    /// <summary>The longest silence of a client, in seconds: a week.</summary>
    public const int MaximumSilence = 7 * 24 * 60 * 60;

    /// <summary>Says what is wrong with a name; null when it is good.</summary>
    public static string? NameFault(string? name) =>
        string.IsNullOrWhiteSpace(name) ? "A study needs a name."
        : name.Length > MaximumNameLength ? $"The name has {name.Length} characters; {MaximumNameLength} is the most."
        : !TextRule.BeginsWithLetter(name) || name[^1] == ' ' || !TextRule.ConsistsOf(name, " ._-")
            ? $"The name '{name}' must start with a letter or digit and hold only letters, digits, spaces and . _ -"
        : null;

    /// <summary>Checks everything that can be checked without the store.</summary>
    /// <exception cref="FieldException">A field is wrong.</exception>
    internal void Validate(Pipelines pipelines)
    {
        FieldException.Require("name", NameFault(Name));
        FieldException.Require("warmStart", WarmStart is null ? null : TextRule.LineFault("warmStart", WarmStart, MaximumNameLength));
        FieldException.Require("trials", Trials is < 1 or > MaximumTrials ? $"trials is {Trials}; it must be from 1 to {MaximumTrials}." : null);
        FieldException.Require("jobs", Jobs is < 1 or > MaximumJobs ? $"jobs is {Jobs}; it must be from 1 to {MaximumJobs}." : null);
        FieldException.Require("seed", Seed < 0 ? $"seed is {Seed}; it must not be negative." : null);
        FieldException.Require("pipeline", Pipeline is null or Study.External or Study.OfCommand || pipelines.All.Any(p => p.Name == Pipeline)
            ? null
            : $"There is no pipeline '{Words.Short(Pipeline)}'; there are {string.Join(", ", pipelines.All.Select(p => p.Name))}, {Study.External} and {Study.OfCommand}.");
        FieldException.Require("metric", Metric is null ? null : TextRule.LineFault("metric", Metric, TextRule.MostNameCharacters));
        FieldException.Require("silence", Silence is null or (>= 1 and <= MaximumSilence) ? null : FormattableString.Invariant($"silence is {Silence}; it must be from 1 to {MaximumSilence} seconds."));
        RequireOfKind();
        FieldException.Require("datasetVersion", DatasetVersion < 1 ? $"datasetVersion is {DatasetVersion}; versions count from 1." : null);
        RequireOptions("sampler", () => Sampler?.Create());
        RequireOptions("pruner", () => Pruner?.Create());
        RequireOptions("stopping", () => Stopping?.Validate());
    }

    /// <summary>Checks a new study's search space: that its names and choices are text, and that the pipeline can use it.</summary>
    /// <exception cref="FieldException">It is not right; the field is <c>searchSpace</c> with the name of the parameter.</exception>
    internal static void ValidateSpace(SearchSpace space, Pipeline pipeline)
    {
        foreach (var (parameter, message) in SpaceFaults(space, pipeline))
        {
            throw new FieldException($"searchSpace.{parameter}", $"searchSpace: {message}");
        }
    }

    /// <summary>Says why a study can't have a search space.</summary>
    /// <returns>The parameters at fault, each with a sentence that begins with its name.</returns>
    public static IEnumerable<(string Parameter, string Message)> SpaceFaults(SearchSpace space, Pipeline pipeline) =>
        TextFaults(space) is { Count: > 0 } faults ? faults : pipeline.Faults(space);

    private static List<(string Parameter, string Message)> TextFaults(SearchSpace space)
    {
        return [.. space.Select(TextFault).OfType<(string, string)>()];

        static (string, string)? TextFault(Parameter parameter)
        {
            IReadOnlyList<ParameterValue> values = parameter switch
            {
                CategoricalParameter { Choices: var choices } => choices,
                FixedParameter { Value: var value } => [value],
                _ => [],
            };
            var fault = TextRule.LineFault("The name of a parameter", parameter.Name, TextRule.MostNameCharacters)
                ?? values.Where(value => value.IsText)
                    .Select(value => TextRule.LineFault($"{parameter.Name}: a choice", value.ToString(), TextRule.MostNameCharacters))
                    .FirstOrDefault(f => f is not null);
            return fault is null ? null : (parameter.Name, fault);
        }
    }

    /// <summary>Checks parameter sets that are to be enqueued and brings them into the search space's order and kinds.</summary>
    /// <param name="space">The study's search space.</param>
    /// <param name="sets">What was given; null for nothing.</param>
    /// <param name="field">The field they were given in.</param>
    /// <exception cref="FieldException">There are too many, or one of them is not possible.</exception>
    internal static IReadOnlyList<ParameterSet> ValidateSets(SearchSpace space, IReadOnlyList<ParameterSet>? sets, string field)
    {
        FieldException.Require(field, sets?.Count > MaximumEnqueued ? $"{field} has {sets.Count} parameter sets; {MaximumEnqueued} is the most at once." : null);
        return [.. (sets ?? []).Select(Valid)];

        ParameterSet Valid(ParameterSet? set, int index)
        {
            FieldException.Require($"{field}[{index}]", set is null ? $"{field}[{index}] is null; it must be an object like {{\"learning_rate\": 0.01}}." : null);
            try
            {
                return space.ValidatePart(set!);
            }
            catch (SearchException fault)
            {
                throw new FieldException($"{field}[{index}].{fault.Parameter}", $"{field}[{index}]: {fault.Message}");
            }
        }
    }

    private static void RequireOptions(string field, Action check)
    {
        try
        {
            check();
        }
        catch (SearchException fault)
        {
            throw new FieldException($"{field}.{fault.Parameter}", $"{field}: {fault.Message}");
        }
    }
}
