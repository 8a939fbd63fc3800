using TorchSharp;
using Workbench.Core.Models;
using Workbench.Core.Platform;
using Workbench.Core.Training;
using static TorchSharp.torch;

namespace Workbench.Tests.Training;

public class TrainableConvolutionsTests
{
    [Theory]
    [InlineData("4|8")]
    [InlineData("8|16|32")]
    public void Gradients_are_numbers_whatever_memory_held_before(string plan)
    {
        LibTorch.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        using var network = new TrainableConvolutions(new ConvolutionPlan(plan), generator);
        for (var round = 0; round < 20; round++)
        {
            using var roundScope = NewDisposeScope();
            LeaveRubbish();

            network.Forward(rand([256, 1, 28, 28], generator: generator)).sum().backward();

            Assert.All(network.Parameters, parameter => Assert.True(parameter.grad!.isfinite().all().item<bool>()));
        }
    }

    private static void LeaveRubbish()
    {
        using var scope = NewDisposeScope();
        for (var size = 64; size < 1 << 24; size *= 2)
        {
            _ = full([size], double.NaN, dtype: ScalarType.Float32);
        }
    }
}
