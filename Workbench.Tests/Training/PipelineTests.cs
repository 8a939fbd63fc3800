using TorchSharp;
using Workbench.Core.Datasets;
using Workbench.Core.Search;
using Workbench.Core.Training;

namespace Workbench.Tests.Training;

/// <summary>What holds for every pipeline.</summary>
public sealed class PipelineTests
{
    public static TheoryData<string> Names => [.. Samples.Pipelines.All.Select(pipeline => pipeline.Name)];

    [Fact]
    public void Transfer_comes_first_then_cnn() =>
        Assert.Equal(["transfer", "cnn"], Samples.Pipelines.All.Select(pipeline => pipeline.Name));

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones() => Assert.Equal(
        "There is no pipeline \"svm\". There are: transfer, cnn.",
        Assert.Throws<TrainingException>(() => Samples.Pipelines.Get("svm")).Message);

    [Theory, MemberData(nameof(Names))]
    public void The_objective_is_one_of_the_metrics(string name)
    {
        var (model, epochs) = Samples.Train(Samples.Pipelines.Get(name), Samples.Request(Fast(name)));

        Assert.Contains(Samples.Pipelines.Get(name).Objective.Name, model.Metrics.Values.Keys);
        Assert.Equal(epochs[^1], model.Metrics);
        Assert.Equal(Enumerable.Range(1, epochs.Count), epochs.Select(metrics => metrics.Step));
    }

    [Theory, MemberData(nameof(Names))]
    public void The_same_request_gives_the_same_metrics_and_weights(string name)
    {
        var pipeline = Samples.Pipelines.Get(name);
        var (first, epochs) = Samples.Train(pipeline, Samples.Request(Fast(name), seed: 3));
        // Other trainings at the same time must not matter.
        var again = new (TrainedModel Model, List<StepMetrics> Epochs)[2];
        Parallel.For(0, 2, i => again[i] = Samples.Train(pipeline, Samples.Request(Fast(name), seed: 3)));
        var (_, others) = Samples.Train(pipeline, Samples.Request(Fast(name), seed: 4));

        Assert.All(again, run => Assert.Equal(epochs, run.Epochs));
        Assert.All(again, run => Assert.Equal(first.Weights.ToBytes(), run.Model.Weights.ToBytes()));
        Assert.NotEqual(epochs, others);
    }

    [Theory, MemberData(nameof(Names))]
    public void Without_a_split_all_images_are_trained_on_and_nothing_is_validated(string name)
    {
        var (model, _) = Samples.Train(Samples.Pipelines.Get(name), Samples.Request(Fast(name)) with { Split = null });

        Assert.Equal(["accuracy", "loss"], model.Metrics.Values.Keys.Order());
    }

    [Theory, MemberData(nameof(Names))]
    public void Training_ends_at_the_epoch_at_which_it_is_asked_to(string name)
    {
        var epochs = 0;

        var model = Samples.Pipelines.Get(name).Train(Samples.Request(Fast(name)), _ => ++epochs < 1, CancellationToken.None);

        Assert.Equal((1, 1), (epochs, model.Metrics.Step));
    }

    [Theory, MemberData(nameof(Names))]
    public void Cancelling_ends_the_training_within_the_epoch(string name)
    {
        using var stop = new CancellationTokenSource();
        var epochs = 0;

        Assert.ThrowsAny<OperationCanceledException>(() => Samples.Pipelines.Get(name).Train(Samples.Request(Fast(name)), _ =>
        {
            epochs++;
            stop.Cancel();
            return true;
        }, stop.Token));

        Assert.Equal(1, epochs);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_loss_that_is_no_number_ends_the_training_with_the_reason(string name)
    {
        var parameters = name == "cnn" ? Samples.Network(learningRate: 1e30) : Samples.Head(learningRate: 1e30);

        var failure = Assert.Throws<TrainingException>(() => Samples.Train(Samples.Pipelines.Get(name), Samples.Request(parameters)));

        Assert.Equal("Training diverged: the loss of epoch 1 is not a number. A learning rate below 1e+30 may help.", failure.Message);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_missing_parameter_is_named(string name)
    {
        var failure = Assert.Throws<SearchException>(() => Samples.Train(Samples.Pipelines.Get(name), Samples.Request(new(("epochs", 1)))));

        Assert.Equal("learning_rate", failure.Parameter);
    }

    [Theory, MemberData(nameof(Names))]
    public void Trials_leave_memory_as_they_found_it(string name)
    {
        var pipeline = Samples.Pipelines.Get(name);
        var parameters = name == "cnn" ? Samples.Network(epochs: 1) : Samples.Head(epochs: 1);
        var few = new Split(Samples.Split.Train[..130], Samples.Split.Validation[..50]);
        var request = Samples.Request(parameters) with { Split = few };
        Samples.Train(pipeline, request);
        // Counted for this thread alone, since other tests run on others.
        var statistics = DisposeScopeManager.Statistics.TensorStatistics;
        var before = statistics.ThreadTotalLiveCount;

        for (var trial = 0; trial < 20; trial++)
        {
            Samples.Train(pipeline, request with { Seed = trial });
            Assert.Throws<TrainingException>(() => Samples.Train(pipeline, request with { Params = Diverging(name) }));
        }

        Assert.Equal(before, statistics.ThreadTotalLiveCount);
    }

    private static ParameterSet Fast(string name) => name == "cnn" ? Samples.Network() : Samples.Head();

    private static ParameterSet Diverging(string name) =>
        name == "cnn" ? Samples.Network(learningRate: 1e30) : Samples.Head(learningRate: 1e30);
}
