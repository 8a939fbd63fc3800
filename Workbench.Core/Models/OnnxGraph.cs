using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;

namespace Workbench.Core.Models;

/// <summary>
/// Writes a network as ONNX: a chain of operations from one input to one output, both of 32-bit floats, whose first dimension is the batch
/// and left open. Each method appends an operation and checks that it fits what comes before.
/// </summary>
internal sealed class OnnxGraph
{
    /// <summary>The name of the open first dimension.</summary>
    public const string Batch = "batch";

    // ONNX Runtime 1.6, of December 2020, knows them, and so does everything after it.
    private const int Opset = 13;
    private const int Format = 7;

    private readonly GraphProto _graph = new() { Name = "workbench" };
    private string _last;
    private int[] _shape;

    /// <summary>Begins a network.</summary>
    /// <param name="input">The name of what goes in.</param>
    /// <param name="shape">Its dimensions without the batch: channels, height, width; or the number of features.</param>
    public OnnxGraph(string input, params ReadOnlySpan<int> shape)
    {
        (_last, _shape) = (input, shape.ToArray());
        _graph.Input.Add(Value(input, _shape));
    }

    /// <summary>The dimensions, without the batch, of what the operations so far give.</summary>
    public IReadOnlyList<int> Shape => _shape;

    /// <summary>A 3×3 convolution that keeps width and height, with zeros beyond the rim.</summary>
    /// <param name="weight">Output channels × input channels × 3 × 3.</param>
    /// <param name="bias">One number an output channel.</param>
    public OnnxGraph Convolve(Safetensors.Values weight, Safetensors.Values bias)
    {
        Expect(weight.Shape is [_, var inputs, 3, 3] && _shape is [var channels, _, _] && channels == inputs, "convolution", weight);
        return Add("Conv", [(int)weight.Shape[0], _shape[1], _shape[2]], [Constant("weight", weight), Constant("bias", bias)],
            Numbers("kernel_shape", 3, 3), Numbers("pads", 1, 1, 1, 1));
    }

    /// <summary>The larger of each value and 0.</summary>
    public OnnxGraph Relu() => Add("Relu", _shape, []);

    /// <summary>The maximum of each 2×2 pixels; of an odd number of rows or columns the last is left out.</summary>
    public OnnxGraph HalveByMaximum() => Add("MaxPool", [_shape[0], _shape[1] / 2, _shape[2] / 2], [],
        Numbers("kernel_shape", 2, 2), Numbers("strides", 2, 2));

    /// <summary>
    /// The averages of the four quarters of a picture of any size, which overlap by a row or column where there is an odd number of them.
    /// </summary>
    public OnnxGraph AverageQuarters()
    {
        int height = _shape[1], width = _shape[2];
        // A single row or column is the upper and the lower, the left and the right quarter.
        if (height == 1)
        {
            Add("Concat", [_shape[0], 2, width], [_last], Number("axis", 2));
        }
        if (width == 1)
        {
            Add("Concat", [_shape[0], _shape[1], 2], [_last], Number("axis", 3));
        }
        (height, width) = (_shape[1], _shape[2]);
        return Add("AveragePool", [_shape[0], 2, 2], [],
            Numbers("kernel_shape", (height + 1) / 2, (width + 1) / 2), Numbers("strides", height / 2, width / 2));
    }

    /// <summary>All dimensions but the batch in one.</summary>
    public OnnxGraph Flatten() => Add("Flatten", [_shape.Aggregate((product, dimension) => product * dimension)], [], Number("axis", 1));

    /// <summary>Subtracts numbers: one for each value, or one for all.</summary>
    public OnnxGraph Subtract(Safetensors.Values numbers) => Add("Sub", _shape, [Constant("shift", numbers)]);

    /// <summary>Multiplies with numbers: one for each value, or one for all.</summary>
    public OnnxGraph Multiply(Safetensors.Values numbers) => Add("Mul", _shape, [Constant("scale", numbers)]);

    /// <summary>A dense layer.</summary>
    /// <param name="weight">Outputs × inputs.</param>
    /// <param name="bias">One number an output.</param>
    public OnnxGraph Dense(Safetensors.Values weight, Safetensors.Values bias)
    {
        Expect(weight.Shape is [_, var inputs] && _shape is [var features] && features == inputs, "dense layer", weight);
        return Add("Gemm", [(int)weight.Shape[0]], [Constant("weight", weight), Constant("bias", bias)], Number("transB", 1));
    }

    /// <summary>Probabilities of classes from their logits.</summary>
    public OnnxGraph Softmax() => Add("Softmax", _shape, [], Number("axis", 1));

    /// <summary>The file, whose bytes follow from the operations and their numbers alone.</summary>
    /// <param name="output">The name of what comes out.</param>
    public byte[] ToBytes(string output)
    {
        _graph.Node[^1].Output[0] = output;
        _graph.Output.Add(Value(output, _shape));
        return Model(_graph).ToByteArray();
    }

    /// <summary>A file around a graph.</summary>
    public static ModelProto Model(GraphProto graph) => new()
    {
        IrVersion = Format,
        ProducerName = "Workbench",
        Graph = graph,
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Opset } },
    };

    /// <summary>An input or output of 32-bit floats.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its dimensions without the batch.</param>
    public static ValueInfoProto Value(string name, params ReadOnlySpan<int> shape)
    {
        var dimensions = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = Batch } } };
        foreach (var size in shape)
        {
            dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        }
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = dimensions } },
        };
    }

    private OnnxGraph Add(string operation, int[] shape, string[] inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { OpType = operation, Name = $"{operation.ToLowerInvariant()}{_graph.Node.Count}", Input = { _last, inputs } };
        node.Output.Add(node.Name);
        foreach (var attribute in attributes)
        {
            node.Attribute.Add(attribute);
        }
        _graph.Node.Add(node);
        if (shape.Contains(0))
        {
            throw new ArgumentException($"The picture is too small: nothing is left of it after {node.Name}.");
        }
        (_last, _shape) = (node.Name, shape);
        return this;
    }

    private string Constant(string kind, Safetensors.Values values)
    {
        var constant = new TensorProto
        {
            Name = $"{kind}{_graph.Initializer.Count}",
            DataType = (int)TensorProto.Types.DataType.Float,
            Dims = { values.Shape },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.Data.AsSpan())),
        };
        _graph.Initializer.Add(constant);
        return constant.Name;
    }

    private void Expect(bool fits, string what, Safetensors.Values weight)
    {
        if (!fits)
        {
            throw new ArgumentException($"Weights of [{string.Join(", ", weight.Shape)}] make no {what} on [{string.Join(", ", _shape)}].");
        }
    }

    private static AttributeProto Number(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static AttributeProto Numbers(string name, params IEnumerable<long> values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };
}
