using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Workbench.Core.Training;

/// <summary>
/// A dense hidden layer with ReLU and a softmax layer, trained by Adam (Kingma and Ba, 2015). The gradients are written out by
/// hand and all weights lie in one tensor: a step is some twenty small operations instead of a hundred, which at this size is
/// what it costs.
/// </summary>
internal sealed class DenseHead : IDisposable
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-7;

    private readonly Tensor _weights, _gradients, _moment1, _moment2;
    private readonly Tensor _hiddenGradient, _hiddenBiasGradient, _outputGradient, _outputBiasGradient;
    private readonly double _l1, _l2;
    // A number that is handed to libtorch is an object with a finalizer. One that nothing holds may be freed while libtorch reads it, and
    // ten new ones a step are a load for the collector.
    private readonly Scalar _decay1 = Beta1, _part1 = 1 - Beta1, _decay2 = Beta2, _part2 = 1 - Beta2, _epsilon = Epsilon, _one = 1;
    private readonly Scalar _slope1, _slope2;
    private int _steps;

    /// <summary>Creates random weights (Glorot and Bengio, 2010).</summary>
    /// <param name="features">Numbers that come in for an image.</param>
    /// <param name="hidden">Units of the hidden layer.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="l1">Penalty on the hidden kernel: l1·Σ|w| is added to the loss.</param>
    /// <param name="l2">Penalty on the hidden kernel: l2·Σw² is added to the loss.</param>
    /// <param name="generator">Chooses the weights.</param>
    public DenseHead(int features, int hidden, int classes, double l1, double l2, Generator generator)
    {
        (_l1, _l2) = (l1, l2);
        _slope1 = l1;
        _slope2 = 2 * l2;
        long[] sizes = [(long)hidden * features, hidden, (long)classes * hidden, classes];
        _weights = zeros(sizes.Sum());
        (_gradients, _moment1, _moment2) = (zeros_like(_weights), zeros_like(_weights), zeros_like(_weights));
        (Hidden, HiddenBias, Output, OutputBias) = Parts(_weights);
        (_hiddenGradient, _hiddenBiasGradient, _outputGradient, _outputBiasGradient) = Parts(_gradients);
        foreach (var kernel in (Tensor[])[Hidden, Output])
        {
            var limit = Math.Sqrt(6.0 / (kernel.shape[0] + kernel.shape[1]));
            kernel.uniform_(-limit, limit, generator);
        }

        (Tensor, Tensor, Tensor, Tensor) Parts(Tensor flat)
        {
            var parts = flat.split(sizes);
            return (parts[0].view(hidden, features), parts[1], parts[2].view(classes, hidden), parts[3]);
        }
    }

    /// <summary>Hidden units × features.</summary>
    public Tensor Hidden { get; }

    /// <summary>One number a hidden unit.</summary>
    public Tensor HiddenBias { get; }

    /// <summary>Classes × hidden units.</summary>
    public Tensor Output { get; }

    /// <summary>One number a class.</summary>
    public Tensor OutputBias { get; }

    /// <summary>The logarithms of unnormalized probabilities, images × classes.</summary>
    public Tensor Logits(Tensor features) => linear(linear(features, Hidden, HiddenBias).relu_(), Output, OutputBias);

    /// <summary>What the penalties add to the loss.</summary>
    public double Penalty()
    {
        using var scope = NewDisposeScope();
        return _l1 * Hidden.abs().sum().item<float>() + _l2 * Hidden.mul(Hidden).sum().item<float>();
    }

    /// <summary>One step of Adam on the mean cross-entropy of a batch plus penalties.</summary>
    /// <param name="features">Images × features, standardized.</param>
    /// <param name="targets">Images × classes, one-hot.</param>
    /// <param name="learningRate">Adam's step size.</param>
    /// <returns>The logits before the step, images × classes.</returns>
    public Tensor Step(Tensor features, Tensor targets, double learningRate)
    {
        var share = 1f / features.shape[0];
        var hidden = linear(features, Hidden, HiddenBias).relu_();
        var logits = linear(hidden, Output, OutputBias);

        // d loss / d logits = softmax − target; from there back through both layers, ReLU letting pass where it was open.
        var atOutput = logits.softmax(1).sub_(targets);
        var atHidden = atOutput.mm(Output).mul_(hidden.sign());
        var ones = targets.new_ones(features.shape[0]);
        _outputGradient.addmm_(atOutput.t(), hidden, 0, share);
        _outputBiasGradient.addmv_(atOutput.t(), ones, 0, share);
        _hiddenGradient.addmm_(atHidden.t(), features, 0, share);
        _hiddenBiasGradient.addmv_(atHidden.t(), ones, 0, share);
        if (_l1 > 0)
            _hiddenGradient.add_(Hidden.sign(), _slope1);
        if (_l2 > 0)
            _hiddenGradient.add_(Hidden, _slope2);

        _steps++;
        using Scalar step = -learningRate * Math.Sqrt(1 - Math.Pow(Beta2, _steps)) / (1 - Math.Pow(Beta1, _steps));
        _moment1.mul_(_decay1).add_(_gradients, _part1);
        _moment2.mul_(_decay2).addcmul_(_gradients, _gradients, _part2);
        _weights.addcdiv_(_moment1, _moment2.sqrt().add_(_epsilon, _one), step);
        return logits;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[_weights, _gradients, _moment1, _moment2, Hidden, HiddenBias, Output, OutputBias,
            _hiddenGradient, _hiddenBiasGradient, _outputGradient, _outputBiasGradient])
            tensor.Dispose();
        foreach (var number in (Scalar[])[_decay1, _part1, _decay2, _part2, _epsilon, _one, _slope1, _slope2])
            number.Dispose();
    }
}
