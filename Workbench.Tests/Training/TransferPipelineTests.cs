using Workbench.Core.Models;
using Workbench.Core.Search;
using Workbench.Core.Training;

namespace Workbench.Tests.Training;

public sealed class TransferPipelineTests
{
    [Fact]
    public void A_head_learns_digits_from_few_examples()
    {
        var (model, epochs) = Samples.Train(Samples.Transfer, Samples.Request(Samples.Head(learningRate: 1e-2, units: 32, epochs: 8)));

        Assert.InRange(model.Metrics["val_accuracy"], 0.93, 1);
        Assert.True(epochs[^1]["loss"] < epochs[0]["loss"]);
    }

    [Fact]
    public void The_search_space_is_the_one_users_know()
    {
        var space = Samples.Transfer.Space(Samples.Digits.Schema);

        Assert.Equal(["learning_rate", "l1", "l2", "num_hidden", "epochs"], space.Select(parameter => parameter.Name));
        Assert.Equal(Direction.Maximize, Samples.Transfer.Objective.Direction);
    }

    [Theory]
    [InlineData(0.05, 0)]
    [InlineData(0, 0.05)]
    public void Penalties_shrink_the_hidden_kernel(double l1, double l2)
    {
        Assert.True(Norm(l1, l2) < Norm(0, 0));

        static double Norm(double l1, double l2)
        {
            // Ten times the range of the search space, since this is ten times less training than there.
            var (model, _) = Samples.Train(Samples.Transfer, Samples.Request(Samples.Head(l1: 10 * l1, l2: 10 * l2, epochs: 5)));
            return Safetensors.Read(model.Weights.ToBytes()).Tensors["hidden.weight"].Data.Sum(weight => Math.Abs(weight));
        }
    }
}
