using TorchSharp;
using Workbench.Core.Platform;
using Workbench.Core.Training;
using static TorchSharp.torch;

namespace Workbench.Tests.Training;

public sealed class DenseHeadTests
{
    public DenseHeadTests() => LibTorch.EnsureLoaded();

    [Fact]
    public void Its_steps_are_those_of_torchs_adam_on_torchs_gradients()
    {
        const double l1 = 0.01, l2 = 0.02, rate = 0.01;
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        using var head = new DenseHead(features: 6, hidden: 5, classes: 3, l1, l2, generator);
        var theirs = ((Tensor[])[head.Hidden, head.HiddenBias, head.Output, head.OutputBias])
            .Select(tensor => new TorchSharp.Modules.Parameter(tensor.clone())).ToArray();
        using var adam = optim.Adam(theirs, lr: rate, eps: 1e-7);
        var features = randn(8, 6, generator: generator);
        var labels = randint(3, [8], dtype: ScalarType.Int64, generator: generator);
        var targets = nn.functional.one_hot(labels, 3).to_type(ScalarType.Float32);

        for (var step = 0; step < 5; step++)
        {
            adam.zero_grad();
            var logits = nn.functional.linear(nn.functional.linear(features, theirs[0], theirs[1]).relu(), theirs[2], theirs[3]);
            var loss = nn.functional.cross_entropy(logits, labels) + theirs[0].abs().sum() * l1 + theirs[0].square().sum() * l2;
            loss.backward();
            adam.step();
            using var noGrad = no_grad();
            head.Step(features, targets, rate);
        }

        foreach (var (ours, other) in ((Tensor[])[head.Hidden, head.HiddenBias, head.Output, head.OutputBias]).Zip(theirs))
            Assert.InRange((ours - other).abs().max().item<float>(), 0, 2e-5);
    }
}
