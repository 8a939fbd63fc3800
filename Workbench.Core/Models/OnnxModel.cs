using Microsoft.ML.OnnxRuntime;

namespace Workbench.Core.Models;

/// <summary>An ONNX file that is ready to run, of one input and one output of 32-bit floats. Safe for use by several threads.</summary>
public sealed class OnnxModel : IDisposable
{
    private static readonly RunOptions Run1 = new();

    private readonly InferenceSession _session;
    private readonly string[] _inputs, _outputs;
    private readonly bool _oneAtATime;

    /// <summary>Loads a file.</summary>
    /// <param name="file">Its bytes; not needed after the call.</param>
    /// <exception cref="OnnxRuntimeException">It is damaged, or needs what this runtime has not.</exception>
    /// <exception cref="FormatException">It has not one input and one output of 32-bit floats with a batch as first dimension.</exception>
    public OnnxModel(byte[] file)
    {
        using var options = new SessionOptions
        {
            // The calling thread alone: several would wait for each other longer than they compute, and other requests want the cores.
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        _session = new InferenceSession(file, options);
        try
        {
            (_inputs, _outputs) = ([.. _session.InputNames], [.. _session.OutputNames]);
            var (input, output) = (Dimensions(_session.InputMetadata, "input"), Dimensions(_session.OutputMetadata, "output"));
            _oneAtATime = input[0] == 1;
            (InputShape, OutputShape) = (input[1..], output[1..]);
            (InputSize, OutputSize) = (InputShape.Aggregate(1, (product, size) => product * size), OutputShape.Aggregate(1, (product, size) => product * size));
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    /// <summary>The dimensions of what goes in, without the batch.</summary>
    public IReadOnlyList<int> InputShape { get; }

    /// <summary>The dimensions of what comes out, without the batch.</summary>
    public IReadOnlyList<int> OutputShape { get; }

    /// <summary>How many numbers go in for one of a batch.</summary>
    public int InputSize { get; }

    /// <summary>How many numbers come out for one of a batch.</summary>
    public int OutputSize { get; }

    /// <summary>Runs a batch on the calling thread.</summary>
    /// <param name="inputs">One after the other; more may follow after <paramref name="count"/>.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <returns>What comes out, one after the other.</returns>
    public float[] Run(float[] inputs, int count)
    {
        var outputs = new float[count * OutputSize];
        Run(inputs.AsMemory(0, count * InputSize), outputs);
        return outputs;
    }

    /// <summary>The same into memory of the caller's.</summary>
    /// <exception cref="ArgumentException">The lengths are not those of the same number of inputs and outputs.</exception>
    public void Run(Memory<float> inputs, Memory<float> outputs)
    {
        var count = inputs.Length / InputSize;
        if (count == 0 || inputs.Length != count * InputSize || outputs.Length != count * OutputSize)
        {
            throw new ArgumentException($"{inputs.Length} numbers are no whole number of inputs of {InputSize}, or {outputs.Length} no outputs for them.");
        }
        var batch = _oneAtATime ? 1 : count;
        for (var first = 0; first < count; first += batch)
        {
            using var input = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, inputs.Slice(first * InputSize, batch * InputSize), [batch, .. InputShape.Select(size => (long)size)]);
            using var output = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, outputs.Slice(first * OutputSize, batch * OutputSize), [batch, .. OutputShape.Select(size => (long)size)]);
            _session.Run(Run1, _inputs, [input], _outputs, [output]);
        }
    }

    /// <summary>Frees the network. No run may be under way; one that is not disposed of is freed with its last reference.</summary>
    public void Dispose() => _session.Dispose();

    private static int[] Dimensions(IReadOnlyDictionary<string, NodeMetadata> values, string what)
    {
        if (values.Count != 1)
        {
            throw new FormatException($"The model has {values.Count} {what}s; it has to have one.");
        }
        var (name, value) = values.Single();
        if (!value.IsTensor || value.ElementDataType != Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float)
        {
            throw new FormatException($"The {what} '{name}' of the model is no tensor of 32-bit floats.");
        }
        if (value.Dimensions is not [-1 or 1, ..] || value.Dimensions.Length < 2 || value.Dimensions.Skip(1).Any(size => size < 1))
        {
            throw new FormatException(
                $"The {what} '{name}' of the model is [{string.Join(", ", value.Dimensions)}]; it has to have an open batch or a batch of 1, and other dimensions of known size.");
        }
        return value.Dimensions;
    }
}
