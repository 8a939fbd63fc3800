using System.Security.Cryptography;
using TorchSharp;
using Workbench.Core.Datasets;
using Workbench.Core.Models;
using Workbench.Core.Platform;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Workbench.Core.Training;

/// <summary>A trained model, ready to answer. Safe for use by several threads at once.</summary>
public sealed class InferenceModel : IDisposable
{
    private readonly Convolutions _convolutions;
    private readonly List<(Tensor Weight, Tensor Bias)> _dense = [];

    private InferenceModel(ModelManifest manifest, Safetensors weights)
    {
        if (!weights.Metadata.TryGetValue(NetworkWeights.Plan, out var plan))
            throw new FormatException($"The weights lack the entry \"{NetworkWeights.Plan}\".");
        var tensors = weights.Tensors;
        Manifest = manifest;
        _convolutions = new Convolutions(new ConvolutionPlan(plan), tensors);
        long features = _convolutions.Plan.Features;
        using var scope = NewDisposeScope();
        if (tensors.TryGetValue(NetworkWeights.HiddenBias, out var hiddenBias))
        {
            var units = hiddenBias.Data.Length;
            // Standardizing is an affine map, which the layer after it takes in.
            var deviation = tensor(tensors.Get(NetworkWeights.Deviation, features).Data);
            var kernel = tensor(tensors.Get(NetworkWeights.Hidden, units, features).Data, [units, features]) / deviation;
            var bias = tensor(hiddenBias.Data) - kernel.mv(tensor(tensors.Get(NetworkWeights.Mean, features).Data));
            _dense.Add((kernel.DetachFromDisposeScope(), bias.DetachFromDisposeScope()));
            features = units;
        }
        var classes = manifest.Classes.Count;
        _dense.Add((tensors.Get(NetworkWeights.Output, classes, features).ToTensor(), tensors.Get(NetworkWeights.OutputBias, classes).ToTensor()));
    }

    /// <summary>What the model is.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Takes a model from its two files.</summary>
    /// <param name="manifest">What it is.</param>
    /// <param name="safetensors">Its weights; not needed after the call.</param>
    /// <exception cref="TrainingException">The weights are not those of the manifest, or not those of a model we know.</exception>
    public static InferenceModel Load(ModelManifest manifest, ReadOnlyMemory<byte> safetensors)
    {
        LibTorch.EnsureLoaded();
        if (manifest.FormatVersion != ModelManifest.CurrentFormat)
        {
            throw new TrainingException(
                $"The model's format is version {manifest.FormatVersion}; this program knows {ModelManifest.CurrentFormat}.");
        }
        if (manifest.ImageSize != MnistFrame.Side)
        {
            throw new TrainingException(
                $"The model takes images of {manifest.ImageSize} pixels a side; this program makes {MnistFrame.Side}.");
        }
        var found = Convert.ToHexStringLower(SHA256.HashData(safetensors.Span));
        if (found != manifest.WeightsSha256)
        {
            throw new TrainingException(
                $"The model's weights are damaged: their SHA-256 is {found}, expected is {manifest.WeightsSha256}.");
        }
        try
        {
            return new InferenceModel(manifest, Safetensors.Read(safetensors.Span));
        }
        catch (FormatException failure)
        {
            throw new TrainingException($"The model's weights cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// The probabilities of the classes, image after image, each in the order of the manifest's classes; they sum to 1. One image takes
    /// half a millisecond, eight together take three times as long.
    /// </summary>
    /// <param name="images">One image or more, each 28×28 bytes, row by row, 0 = background, 255 = ink.</param>
    /// <exception cref="ArgumentException">It is no whole number of images.</exception>
    public float[] Predict(ReadOnlySpan<byte> images)
    {
        if (images.IsEmpty || images.Length % MnistFrame.Pixels != 0)
            throw new ArgumentException($"An image has {MnistFrame.Pixels} bytes; {images.Length} are no whole number of images.", nameof(images));
        // More threads would wait for each other longer than they compute, and other requests want the cores.
        set_num_threads(1);
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var x = _convolutions.Forward(ImageBatch.ToTensor(images));
        for (var i = 0; i < _dense.Count; i++)
        {
            if (i > 0)
                x = x.relu_();
            x = linear(x, _dense[i].Weight, _dense[i].Bias);
        }
        return x.softmax(1).data<float>().ToArray();
    }

    /// <summary>Frees the weights. No prediction may be under way.</summary>
    public void Dispose()
    {
        _convolutions.Dispose();
        foreach (var (weight, bias) in _dense)
        {
            weight.Dispose();
            bias.Dispose();
        }
    }
}
