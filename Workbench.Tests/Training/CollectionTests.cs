using Workbench.Core.Datasets;
using Workbench.Core.Search;
using Workbench.Core.Training;

namespace Workbench.Tests.Training;

/// <summary>What a training gives does not depend on when garbage is collected. (`Benchmarks -- collections` does it at length.)</summary>
public sealed class CollectionTests
{
    public static TheoryData<string> Names => [.. Samples.Pipelines.All.Select(pipeline => pipeline.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Models_trained_while_garbage_is_collected_without_a_pause_are_the_same_to_the_byte(string name)
    {
        var undisturbed = Model(name);
        using var over = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!over.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            for (var trial = 0; trial < 20; trial++)
            {
                Assert.Equal(undisturbed, Model(name));
            }
        }
        finally
        {
            over.Cancel();
            collector.Join();
        }
    }

    private static byte[] Model(string name)
    {
        var few = new Split(Samples.Split.Train[..64], Samples.Split.Validation[..16]);
        var parameters = name == "cnn" ? Samples.Network(channels: 4, batch: 8, epochs: 1) : Samples.Head(l1: 1e-3, l2: 1e-3, epochs: 5);
        return Samples.Train(Samples.Pipelines.Get(name), Samples.Request(parameters) with { Split = few }).Model.Weights.ToBytes();
    }
}
