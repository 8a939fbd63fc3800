using TorchSharp;
using TorchSharp.Modules;
using Workbench.Core.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Workbench.Core.Training;

/// <summary>A convolutional network in training: every convolution is followed by batch normalization (Ioffe and Szegedy, 2015).</summary>
internal sealed class TrainableConvolutions : IDisposable
{
    private const double Epsilon = 1e-5;

    private readonly ConvolutionPlan _plan;
    private readonly List<Layer> _layers = [];

    private sealed record Layer(Parameter Weight, Parameter Scale, Parameter Shift, Tensor Mean, Tensor Variance, bool PoolFirst);

    /// <summary>Creates random weights (He et al., 2015).</summary>
    public TrainableConvolutions(ConvolutionPlan plan, Generator generator)
    {
        _plan = plan;
        foreach (var (inputs, outputs, poolFirst) in plan.Layers)
        {
            using var scope = NewDisposeScope();
            var weight = empty(outputs, inputs, 3, 3).normal_(0, Math.Sqrt(2.0 / (9 * inputs)), generator);
            _layers.Add(new(Parameter(weight), Parameter(ones(outputs)), Parameter(zeros(outputs)),
                zeros(outputs).DetachFromDisposeScope(), ones(outputs).DetachFromDisposeScope(), poolFirst));
        }
    }

    private static Parameter Parameter(Tensor tensor) => new(tensor.DetachFromDisposeScope());

    /// <summary>Everything the optimizer changes.</summary>
    public IEnumerable<Parameter> Parameters => _layers.SelectMany(layer => (Parameter[])[layer.Weight, layer.Scale, layer.Shift]);

    /// <summary>Features of a batch, images × features, normalized with the batch's own statistics.</summary>
    /// <param name="images">Images × channels × height × width.</param>
    public Tensor Forward(Tensor images)
    {
        var x = images;
        foreach (var layer in _layers)
        {
            if (layer.PoolFirst)
                x = max_pool2d(x, 2);
            x = batch_norm(conv2d(x, layer.Weight, strides: [1, 1], padding: [1, 1]), layer.Mean, layer.Variance, layer.Scale, layer.Shift,
                training: true, momentum: 0.1, eps: Epsilon).relu_();
        }
        return adaptive_avg_pool2d(x, 2).flatten(1);
    }

    /// <summary>
    /// The same network without batch normalization: at inference that is an affine map a channel, which the convolution takes in.
    /// </summary>
    /// <returns>Tensors as <see cref="Convolutions"/> reads them.</returns>
    public Dictionary<string, Safetensors.Values> Fold()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using Scalar epsilon = Epsilon, one = 1;
        Dictionary<string, Safetensors.Values> folded = [];
        foreach (var (number, layer) in _layers.Index())
        {
            var scale = layer.Scale / layer.Variance.add(epsilon, one).sqrt();
            folded[NetworkWeights.ConvolutionWeight(number)] = (layer.Weight * scale.view(-1, 1, 1, 1)).ToValues();
            folded[NetworkWeights.ConvolutionBias(number)] = (layer.Shift - layer.Mean * scale).ToValues();
        }
        return folded;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var layer in _layers)
        {
            foreach (var tensor in (Tensor[])[layer.Weight, layer.Scale, layer.Shift, layer.Mean, layer.Variance])
                tensor.Dispose();
        }
    }

    /// <inheritdoc />
    public override string ToString() => _plan.ToString();
}
