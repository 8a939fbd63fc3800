using Workbench.Components.Compare;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Compare;

public sealed class ConfigurationTableTests
{
    [Fact]
    public void The_same_study_twice_has_no_difference() =>
        Assert.DoesNotContain(ConfigurationTable.Rows([Study(), Study()]), row => row.Differs);

    [Fact]
    public void What_differs_is_told_in_words()
    {
        var rows = ConfigurationTable.Rows([Study(jobs: 1), Other()]).Where(row => row.Differs).ToDictionary(row => row.Label, row => row.Values);

        Assert.Equal(["TPE", "TPE, gamma 0.2, multivariate false"], rows["Sampler"]);
        Assert.Equal(["None", "Patient, inner {\"type\":\"percentile\",\"percentile\":25,\"startupTrials\":5,\"warmupSteps\":0}"], rows["Pruner"]);
        Assert.Equal(["1", "2"], rows["Jobs"]);
        Assert.Equal(["30 % for validation, seed 0", "its own"], rows["Split"]);
        Assert.Equal(["–", "after 10 min 00 s, at 0.99"], rows["Stops early"]);
        Assert.Equal(["–", "first"], rows["Learns from"]);
        Assert.Equal(["1e-5 … 0.1 log", "= 0.001"], rows["learning_rate"]);
        Assert.Equal(["8 … 64", "–"], rows["num_hidden"]);
        Assert.Equal(["–", "0 … 1 step 0.25"], rows["dropout"]);
        Assert.DoesNotContain("Pipeline", rows.Keys);
    }

    [Fact]
    public void A_range_takes_a_few_characters()
    {
        Assert.Equal("8 … 64 log", ConfigurationTable.Range(new IntParameter("x", 8, 64, Log: true)));
        Assert.Equal("8 … 64 step 8", ConfigurationTable.Range(new IntParameter("x", 8, 64, Step: 8)));
        Assert.Equal("adam, sgd", ConfigurationTable.Range(new CategoricalParameter("x", ["adam", "sgd"])));
        Assert.Equal("0 … 1 when opt is sgd", ConfigurationTable.Range(new FloatParameter("x", 0, 1) { Condition = new("opt", ["sgd"]) }));
    }

    private static Study Other() => new()
    {
        Id = 2,
        Name = "other",
        Pipeline = "transfer",
        Dataset = "mnist",
        Split = """{"kind":"own"}""",
        Metric = "val_accuracy",
        Direction = Direction.Maximize,
        SearchSpace = new(new FixedParameter("learning_rate", 0.001), new FloatParameter("dropout", 0, 1, Step: 0.25)),
        Sampler = new TpeSettings { Gamma = 0.2, Multivariate = false },
        Pruner = new PatientSettings { Inner = new PercentileSettings() },
        Seed = 7,
        Jobs = 2,
        TrialsRequested = 10,
        Stopping = new StoppingRule { Seconds = 600, Target = 0.99 },
        WarmStart = "first",
    };
}
