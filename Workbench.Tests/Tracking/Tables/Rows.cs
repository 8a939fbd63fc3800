using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Tables;
using Workbench.Tests.Components;
using Workbench.Tests.Training;

namespace Workbench.Tests.Tracking.Tables;

/// <summary>Rows of a table of trials, and its fields.</summary>
internal static class Rows
{
    public static readonly TrialFields Fields = new(Study(), Samples.Transfer.Metrics.Select(metric => metric.Name));

    public static Study Study()
    {
        var plain = StudyData.Study();
        return new Study
        {
            Name = plain.Name,
            Pipeline = plain.Pipeline,
            Dataset = plain.Dataset,
            Split = plain.Split,
            Metric = plain.Metric,
            Direction = plain.Direction,
            SearchSpace = new SearchSpace(
                new FloatParameter("learning_rate", 1e-5, 1, Log: true),
                new IntParameter("num_hidden", 8, 64),
                new CategoricalParameter("optimizer", ["adam", "sgd", "rms-prop"]),
                new CategoricalParameter("width", [1, 2, "auto"]),
                new FloatParameter("my rate", 0, 1),
                new FloatParameter("value", 0, 1)),
            Sampler = plain.Sampler,
            Pruner = plain.Pruner,
            Seed = plain.Seed,
            Jobs = plain.Jobs,
            TrialsRequested = plain.TrialsRequested,
        };
    }

    /// <summary>Trial 3: complete at 0.9 after 10 s, learning_rate 0.01, num_hidden 32, optimizer adam, width auto, val_loss 0.25.</summary>
    public static TrialRow Row(Action<Run>? change = null, params (string Key, double Value)[] metrics)
    {
        var run = StudyData.Trial(3, 0.9, rate: 0.01);
        run.Params = new ParameterSet(
            ("learning_rate", 0.01), ("num_hidden", 32), ("optimizer", "adam"), ("width", "auto"), ("my rate", 0.5), ("value", 0.125));
        change?.Invoke(run);
        var last = metrics.Length > 0 ? metrics : [("val_accuracy", 0.9), ("val_loss", 0.25)];
        return new TrialRow(run, last.ToDictionary(m => m.Key, m => m.Value), StudyData.Start.AddMinutes(10));
    }

    public static bool Holds(string filter, TrialRow row) => TrialFilter.Parse(filter, Fields).Holds(row);
}
