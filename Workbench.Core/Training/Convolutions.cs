using TorchSharp;
using Workbench.Core.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Workbench.Core.Training;

/// <summary>
/// A trained convolutional network, frozen, its batch normalization folded into the convolutions. Safe for use by several threads.
/// </summary>
internal sealed class Convolutions : IDisposable
{
    private readonly List<(Tensor Weight, Tensor Bias, bool PoolFirst)> _layers = [];

    /// <summary>Takes the weights from tensors named by <see cref="NetworkWeights"/>.</summary>
    /// <exception cref="FormatException">A tensor is missing or has not the shape of the plan.</exception>
    public Convolutions(ConvolutionPlan plan, IReadOnlyDictionary<string, Safetensors.Values> tensors)
    {
        Plan = plan;
        foreach (var (number, (inputs, outputs, poolFirst)) in plan.Layers.Index())
        {
            var weight = tensors.Get(NetworkWeights.ConvolutionWeight(number), outputs, inputs, 3, 3);
            var bias = tensors.Get(NetworkWeights.ConvolutionBias(number), outputs);
            _layers.Add((weight.ToTensor(), bias.ToTensor(), poolFirst));
        }
    }

    /// <summary>The shape of the network.</summary>
    public ConvolutionPlan Plan { get; }

    /// <summary>Features of a batch, images × features. To be called in inference mode, within a dispose scope.</summary>
    /// <param name="images">Images × channels × height × width.</param>
    public Tensor Forward(Tensor images)
    {
        var x = images;
        foreach (var (weight, bias, poolFirst) in _layers)
        {
            if (poolFirst)
                x = max_pool2d(x, 2);
            x = conv2d(x, weight, bias, strides: [1, 1], padding: [1, 1]).relu_();
        }
        return adaptive_avg_pool2d(x, 2).flatten(1);
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose()
    {
        foreach (var (weight, bias, _) in _layers)
        {
            weight.Dispose();
            bias.Dispose();
        }
    }
}
