using System.Globalization;
using System.Text.Json;
using Workbench.Core.Datasets;
using Workbench.Core.Platform;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Components.Launch;

/// <summary>A study to launch as it is typed: what is in the fields, what is wrong with it, and the request it makes.</summary>
internal sealed class LaunchForm
{
    /// <summary>What one trial more or less costs is known by then, and a person sees something happen.</summary>
    public const int DefaultTrials = 20;

    private readonly IReadOnlyCollection<string> _taken;
    private readonly IReadOnlyList<DatasetSummary> _datasets;
    private DatasetSummary? _older;
    private string _proposed = "";

    /// <summary>A form with a pipeline's defaults.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="datasets">The datasets there are; the first is proposed.</param>
    /// <param name="taken">Names of studies that exist.</param>
    public LaunchForm(Pipeline pipeline, IReadOnlyList<DatasetSummary> datasets, IReadOnlyCollection<string> taken)
    {
        (_taken, _datasets, Dataset) = (taken, datasets, datasets[0].Name);
        Choose(pipeline);
    }

    public Pipeline Pipeline { get; private set; } = default!;

    public string Name { get; set; } = "";

    public int? Trials { get; set; } = DefaultTrials;

    public int? Jobs { get; set; } = Machine.Cores;

    public SpaceForm Space { get; private set; } = default!;

    public SettingsForm<SamplerSettings> Sampler { get; private set; } = default!;

    public SettingsForm<PrunerSettings> Pruner { get; private set; } = default!;

    public string Dataset { get; private set; } = "";

    /// <summary>The version of the dataset; null for the newest.</summary>
    public int? DatasetVersion => _older?.Version;

    /// <summary>The encoder to train on; null for a pipeline without.</summary>
    public string? Encoder { get; set; }

    /// <summary>Whether the dataset's own division is used, not a drawn one.</summary>
    public bool OwnSplit { get; set; }

    public string Validation { get; set; } = "";

    public string SplitSeed { get; set; } = "";

    /// <summary>The program that each trial runs; null when a pipeline trains them.</summary>
    public CommandForm? Command { get; private set; }

    /// <summary>What the study optimizes.</summary>
    public MetricDefinition Objective => Command is null ? Pipeline.Objective : new(Command.Metric, "", Command.Direction);

    /// <summary>The search space; null while it is faulty.</summary>
    public SearchSpace? ReadSpace() => Command is null ? Space.TryRead() : Command.TryRead();

    public SteeringForm Steering { get; } = new();

    /// <summary>Empty for one drawn at random.</summary>
    public string Seed { get; set; } = "";

    /// <summary>Sampler and pruner in a few words.</summary>
    public string SearchNote => $"{Sampler.All[Sampler.Kind].DisplayName}, {(Pruner.All[Pruner.Kind] is NoPrunerSettings ? "no pruning" : Pruner.All[Pruner.Kind].DisplayName)}";

    /// <summary>Split and seed in a few words.</summary>
    public string DataNote =>
        $"{(OwnSplit ? "the dataset's own" : $"{(Number(Validation) is { } share ? Format.Percent(share) : Validation)} for validation")}, seed {(Seed.Trim().Length == 0 ? "at random" : Seed.Trim())}";

    /// <summary>The first name of the form <c>mnist-transfer-3</c> that no study has.</summary>
    internal static string FreeName(string stem, IReadOnlyCollection<string> taken, int first = 1) =>
        Enumerable.Range(first, taken.Count + 1).Select(i => $"{stem}-{i}").First(name => !taken.Contains(name));

    /// <summary>Has each trial run a program.</summary>
    public void ChooseCommand()
    {
        Command ??= new CommandForm();
        Propose(Study.OfCommand);
    }

    /// <summary>Fills in a pipeline's defaults; what has nothing to do with it stays.</summary>
    public void Choose(Pipeline pipeline)
    {
        Command = null;
        Fill(pipeline, OwnSpace(pipeline), SamplerSettings.Default, pipeline.Pruner);
        Encoder = pipeline.EncoderFor(Schema);
        Seed = "";
        Fill(SplitSettings.Default);
        Propose($"{Dataset}-{pipeline.Name}");
    }

    /// <summary>Fills in an earlier study's whole configuration.</summary>
    /// <param name="study">The earlier study.</param>
    /// <param name="pipeline">Its pipeline.</param>
    public void Choose(Study study, Pipeline pipeline)
    {
        Command = null;
        (Dataset, _older) = (study.Dataset!, null);
        Fill(pipeline, study.SearchSpace, study.Sampler, study.Pruner);
        Encoder = study.Encoder ?? pipeline.EncoderFor(Schema);
        Fill(JsonSerializer.Deserialize<SplitSettings>(study.Split!, JsonSerializerOptions.Web)!);
        FillSearch(study);
    }

    /// <summary>Fills in the whole configuration of an earlier study of a command.</summary>
    /// <param name="study">The earlier study.</param>
    public void ChooseCommand(Study study)
    {
        Command = CommandForm.Of(study);
        Fill(Pipeline, OwnSpace(Pipeline), study.Sampler, study.Pruner);
        FillSearch(study);
    }

    private void FillSearch(Study study)
    {
        (Trials, Jobs) = (study.TrialsRequested, study.Jobs);
        Seed = study.Seed.ToString(CultureInfo.InvariantCulture);
        Steering.Fill(study);
        // "mnist-transfer-2" launched again is one more of the mnist-transfer; "baseline" launched again is baseline-2.
        var (stem, number) = Split(study.Name);
        Propose(stem, number is null ? 2 : 1);
    }

    /// <summary>Takes another dataset, or another version. What was typed stays, but for a search space that was the pipeline's own.</summary>
    /// <param name="name">The dataset.</param>
    /// <param name="older">The version, if it is not to be the newest.</param>
    public void ChooseDataset(string name, DatasetSummary? older = null)
    {
        var untouched = Space.Changed().Count == 0;
        (Dataset, _older) = (name, older);
        Encoder = Pipeline.EncoderFor(Schema);
        if (untouched)
        {
            ResetSpace();
        }
        Propose($"{Dataset}-{Pipeline.Name}");
    }

    /// <summary>Takes another version of the dataset, as a study had it: all else stays as that filled it in.</summary>
    /// <param name="older">Null for the newest.</param>
    public void Keep(DatasetSummary? older) => _older = older;

    /// <summary>Fills in the pipeline's own search space.</summary>
    public void ResetSpace() => Space = new SpaceForm(OwnSpace(Pipeline), OwnSpace(Pipeline), Pipeline);

    /// <summary>What is wrong, by field as the server spells it: <c>name</c>, <c>searchSpace.learning_rate</c>, <c>sampler.gamma</c>, …</summary>
    public Dictionary<string, string> Faults()
    {
        var faults = new Dictionary<string, string>();
        if (StudyRequest.NameFault(Name) is { } name)
        {
            faults["name"] = name;
        }
        else if (_taken.Contains(Name))
        {
            faults["name"] = $"There is a study '{Name}'. Open it to add trials, or choose another name.";
        }
        if (Command is null && Pipeline.Refusal(Schema) is { } refusal)
        {
            faults["pipeline"] = refusal;
        }
        Require("trials", Trials is >= 1 and <= StudyRequest.MaximumTrials, string.Create(CultureInfo.InvariantCulture, $"From 1 to {StudyRequest.MaximumTrials:N0}."));
        Require("jobs", Jobs is >= 1 and <= StudyRequest.MaximumJobs, $"From 1 to {StudyRequest.MaximumJobs}.");
        Require("seed", Seed.Trim().Length == 0 || ReadSeed() is not null, "A whole number, not negative, or nothing.");
        if (Command is null)
        {
            Merge("searchSpace", Space.Faults());
        }
        else
        {
            Merge("", Command.Faults());
        }
        Merge("sampler", Sampler.Faults());
        Merge("pruner", Pruner.Faults());
        foreach (var (field, fault) in Steering.Faults(ReadSpace()))
        {
            faults[field] = fault;
        }
        if (!OwnSplit && Command is null)
        {
            Require("split.validation", Number(Validation) is > 0 and < 1, "Between 0 and 1, such as 0.3.");
            Require("split.seed", int.TryParse(SplitSeed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _), "A whole number.");
        }
        return faults;

        void Require(string field, bool right, string fault)
        {
            if (!right)
            {
                faults[field] = fault;
            }
        }

        void Merge(string section, Dictionary<string, string> more)
        {
            foreach (var (field, fault) in more)
            {
                faults[field.Length == 0 ? section : section.Length == 0 ? field : $"{section}.{field}"] = fault;
            }
        }
    }

    /// <summary>The request for the study; only of a form without faults.</summary>
    public StudyRequest Request() => Command?.Apply(OfPipeline()) ?? OfPipeline();

    private StudyRequest OfPipeline() => new(
        Name, Trials!.Value, Jobs, Pipeline.Name, Dataset, Sampler.Read(), Pruner.Read(), ReadSeed(), Command is null ? Space.Read() : null,
        OwnSplit || Command is not null
            ? new SplitSettings(SplitKind.Own)
            : new SplitSettings(SplitKind.Stratified, Number(Validation), int.Parse(SplitSeed, CultureInfo.InvariantCulture)),
        Steering.Stopping, Steering.ReadSets(), Steering.WarmStart.Length > 0 ? Steering.WarmStart : null, DatasetVersion, Encoder);

    // A dataset that a study had may be gone; another's schema tells as much about the usual ranges.
    private DatasetSchema Schema => (_older ?? _datasets.FirstOrDefault(dataset => dataset.Name == Dataset) ?? _datasets[0]).Schema;

    private SearchSpace OwnSpace(Pipeline pipeline) => pipeline.Space(Schema);

    private void Fill(Pipeline pipeline, SearchSpace space, SamplerSettings sampler, PrunerSettings pruner)
    {
        Pipeline = pipeline;
        Space = new SpaceForm(space, OwnSpace(pipeline), pipeline);
        Sampler = new SettingsForm<SamplerSettings>(SamplerSettings.All, sampler, settings => settings.Create());
        Pruner = new SettingsForm<PrunerSettings>(PrunerSettings.All, pruner, settings => settings.Create());
    }

    private void Fill(SplitSettings split)
    {
        OwnSplit = split.Kind == SplitKind.Own;
        Validation = ParameterForm.Show(split.Validation ?? SplitSettings.Default.Validation!.Value);
        SplitSeed = (split.Seed ?? 0).ToString(CultureInfo.InvariantCulture);
    }

    // A name that a person typed is theirs.
    private void Propose(string stem, int first = 1)
    {
        if (Name == _proposed)
        {
            Name = _proposed = FreeName(stem, _taken, first);
        }
    }

    private static (string Stem, string? Number) Split(string name) =>
        name.LastIndexOf('-') is > 0 and var dash && name[(dash + 1)..] is { Length: > 0 } tail && tail.All(char.IsAsciiDigit)
            ? (name[..dash], tail)
            : (name, null);

    private long? ReadSeed() => long.TryParse(Seed.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : null;

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
