using System.Runtime.InteropServices;
using Npgsql;
using Workbench.Core.Datasets;
using Workbench.Core.Search;
using Workbench.Core.Training;

namespace Workbench.Tests.Training;

public class PipelineFaultTests
{
    [Fact]
    public void A_fault_of_libtorch_is_said_in_a_sentence()
    {
#pragma warning disable CA2201 // It is what TorchSharp throws.
        var fault = Assert.Throws<TrainingException>(() => Train(new ExternalException("size mismatch. frame #0: c10::Error\nframe #1")));
#pragma warning restore CA2201

        Assert.Equal("size mismatch.", fault.Message);
    }

    [Fact]
    public void A_fault_of_the_receiver_of_an_epoch_is_no_fault_of_the_training()
    {
        var outage = new NpgsqlException("Exception while reading from stream");

        Assert.Same(outage, Assert.Throws<NpgsqlException>(() => Train(outage)));
    }

    private static TrainedModel Train(Exception fault) => new Failing(fault).Train(null!, _ => true, default);

    private sealed class Failing(Exception fault) : Pipeline
    {
        public override string Name => "failing";

        public override string Description => "Fails.";

        public override SearchSpace Space(DatasetSchema schema) => new();

        public override string? Refusal(DatasetSchema schema) => null;

        public override IReadOnlyList<MetricDefinition> Metrics => MetricDefinition.Classification.All;

        public override MetricDefinition Objective => MetricDefinition.Classification.ValAccuracy;

        public override IReadOnlyList<PipelineParameter> Parameters => [];

        protected override TrainedModel Run(TrainingRequest request, Func<StepMetrics, bool> onStep, CancellationToken ct) => throw fault;
    }
}
