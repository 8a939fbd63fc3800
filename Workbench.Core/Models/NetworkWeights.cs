namespace Workbench.Core.Models;

/// <summary>
/// The networks that pipelines train, from the tensors that they leave: convolutions after a plan, and a head of one or two dense layers.
/// </summary>
internal static class NetworkWeights
{
    /// <summary>Name of the metadata entry that holds the <see cref="ConvolutionPlan"/>.</summary>
    public const string Plan = "plan";

    /// <summary>Names of the means and standard deviations of the features; only before a hidden layer.</summary>
    public const string Mean = "features.mean", Deviation = "features.std";

    /// <summary>Names of the hidden layer's tensors, if there is one.</summary>
    public const string Hidden = "hidden.weight", HiddenBias = "hidden.bias";

    /// <summary>Names of the last layer's tensors.</summary>
    public const string Output = "output.weight", OutputBias = "output.bias";

    /// <summary>The names of the input and the outputs of the networks that we write.</summary>
    public const string Image = "image", Features = "features", Probabilities = "probabilities";

    /// <summary>Name of a convolution's kernel, output channels × input channels × 3 × 3.</summary>
    public static string ConvolutionWeight(int number) => $"conv{number}.weight";

    /// <summary>Name of a convolution's bias, one number an output channel.</summary>
    public static string ConvolutionBias(int number) => $"conv{number}.bias";

    /// <summary>Appends the convolutions, whose output are features.</summary>
    /// <exception cref="FormatException">A tensor is missing or has not the shape of the plan.</exception>
    public static OnnxGraph AddConvolutions(this OnnxGraph graph, Safetensors weights)
    {
        if (!weights.Metadata.TryGetValue(Plan, out var text))
        {
            throw new FormatException($"The weights lack the entry \"{Plan}\".");
        }
        var inputs = (long)graph.Shape[0];
        foreach (var (number, (_, outputs, poolFirst)) in new ConvolutionPlan(text).Layers.Index())
        {
            if (poolFirst)
            {
                graph.HalveByMaximum();
            }
            graph.Convolve(
                weights.Tensors.Get(ConvolutionWeight(number), outputs, inputs, 3, 3),
                weights.Tensors.Get(ConvolutionBias(number), outputs)).Relu();
            inputs = outputs;
        }
        return graph.AverageQuarters().Flatten();
    }

    /// <summary>Appends the head, whose output are probabilities.</summary>
    /// <exception cref="FormatException">A tensor is missing or has another shape.</exception>
    public static OnnxGraph AddHead(this OnnxGraph graph, Safetensors weights, int classes)
    {
        var (tensors, features) = (weights.Tensors, (long)graph.Shape[0]);
        if (tensors.TryGetValue(HiddenBias, out var bias))
        {
            var units = bias.Data.Length;
            graph.Subtract(tensors.Get(Mean, features)).Multiply(Reciprocal(tensors.Get(Deviation, features)))
                .Dense(tensors.Get(Hidden, units, features), bias).Relu();
            features = units;
        }
        return graph.Dense(tensors.Get(Output, classes, features), tensors.Get(OutputBias, classes)).Softmax();
    }

    /// <summary>The tensor of a name and shape.</summary>
    /// <exception cref="FormatException">There is none, or it has another shape.</exception>
    public static Safetensors.Values Get(
        this IReadOnlyDictionary<string, Safetensors.Values> tensors, string name, params ReadOnlySpan<long> shape)
    {
        if (!tensors.TryGetValue(name, out var values))
        {
            throw new FormatException($"The weights lack the tensor \"{name}\".");
        }
        if (!values.Shape.AsSpan().SequenceEqual(shape))
        {
            throw new FormatException(
                $"Tensor \"{name}\" has shape [{string.Join(", ", values.Shape)}] instead of [{string.Join(", ", shape.ToArray())}].");
        }
        return values;
    }

    private static Safetensors.Values Reciprocal(Safetensors.Values values) => values with { Data = [.. values.Data.Select(value => 1 / value)] };
}
