using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace Workbench.Core.Models;

/// <summary>How a network that was made elsewhere wants its pictures, beyond what its file says.</summary>
/// <param name="Highest">The value of white; black is 0.</param>
/// <param name="Mean">What is subtracted from each channel, in this scale; none for nothing.</param>
/// <param name="Deviation">What each channel is divided by after that; none for nothing.</param>
public sealed record PictureScale(float Highest = 1, IReadOnlyList<float>? Mean = null, IReadOnlyList<float>? Deviation = null);

/// <summary>A classifier of pictures that was made elsewhere, in the form of our own: <c>image</c> from 0 to 1 in, <c>probabilities</c> out.</summary>
public sealed class ForeignNetwork
{
    /// <summary>The largest file that is taken, in bytes.</summary>
    public const int MostBytes = 512 << 20;

    private const int MostSide = 1024;
    private const int LeastOpset = 7;

    private ForeignNetwork(byte[] model, int[] picture, int classes) =>
        (Model, Channels, Height, Width, Classes) = (model, picture[0], picture[1], picture[2], classes);

    /// <summary>The file in our form.</summary>
    public byte[] Model { get; }

    /// <summary>1 or 3.</summary>
    public int Channels { get; }

    /// <summary>Of the pictures, in pixels.</summary>
    public int Height { get; }

    /// <summary>Of the pictures, in pixels.</summary>
    public int Width { get; }

    /// <summary>How many classes it tells apart.</summary>
    public int Classes { get; }

    /// <summary>Takes a file, tries it, and puts it into our form.</summary>
    /// <exception cref="FormatException">It is not what can be served; the message says why, as a sentence.</exception>
    public static ForeignNetwork Read(byte[] file, PictureScale scale)
    {
        var model = OnnxFile.Read(file);
        if (model.Graph is not { Node.Count: > 0 } graph)
        {
            throw new FormatException("The file is no ONNX model.");
        }
        if (graph.Initializer.Any(constant => constant.DataLocation == TensorProto.Types.DataLocation.External))
        {
            throw new FormatException("The model keeps its weights in other files beside it. Save it as one file.");
        }
        if (model.OpsetImport.FirstOrDefault(set => set.Domain is "" or "ai.onnx") is not { Version: >= LeastOpset })
        {
            throw new FormatException($"The model was made for operators older than ONNX's set {LeastOpset}. Save it for a newer one.");
        }
        using var network = Load(file);
        var picture = network.InputShape.ToArray();
        if (picture is not [1 or 3, <= MostSide, <= MostSide])
        {
            throw new FormatException(picture is [_, _, 1 or 3]
                ? $"The model takes pictures as [batch, {string.Join(", ", picture)}]; the channels have to come before height and width."
                : $"The model takes [batch, {string.Join(", ", picture)}]; a classifier of pictures takes [batch, 1 or 3 channels, height, width] of at most {MostSide} pixels.");
        }
        if (network.OutputSize < 2 || network.OutputShape.Skip(1).Any(size => size != 1))
        {
            throw new FormatException($"The model gives [batch, {string.Join(", ", network.OutputShape)}]; a classifier gives [batch, classes], and at least two of them.");
        }
        if (scale.Mean is { } mean && mean.Count != picture[0] || scale.Deviation is { } deviation && deviation.Count != picture[0])
        {
            throw new FormatException($"The mean and the deviation need one number for each of the {picture[0]} channels.");
        }
        var probabilities = IsProbability(network);
        WithInput(graph, scale, picture[0]);
        WithOutput(graph, network, probabilities);
        model.IrVersion = Math.Max(model.IrVersion, 4);
        return new ForeignNetwork(model.ToByteArray(), picture, network.OutputSize);
    }

    private static OnnxModel Load(byte[] file)
    {
        try
        {
            return new OnnxModel(file);
        }
        catch (OnnxRuntimeException failure)
        {
            throw new FormatException($"ONNX Runtime cannot load the model: {failure.Message.Split('\n')[0]}", failure);
        }
    }

    /// <summary>Whether what comes out is positive and sums to one already; else it is logits.</summary>
    private static bool IsProbability(OnnxModel network)
    {
        var generator = new Random(0);
        return Enumerable.Range(0, 3).All(_ =>
        {
            var answer = network.Run([.. Enumerable.Range(0, network.InputSize).Select(_ => 2 * generator.NextSingle() - 1)], 1);
            return answer.All(value => value >= 0) && Math.Abs(answer.Sum() - 1) < 1e-3;
        });
    }

    private static void WithInput(GraphProto graph, PictureScale scale, int channels)
    {
        var constants = graph.Initializer.Select(constant => constant.Name).ToHashSet();
        var input = graph.Input.Single(value => !constants.Contains(value.Name));
        var (from, to) = ($"workbench/{NetworkWeights.Image}", input.Name);
        graph.Input.Remove(input);
        var image = input.Clone();
        image.Name = NetworkWeights.Image;
        if (graph.Node.Any(node => node.Output.Contains(image.Name)) || constants.Contains(image.Name))
        {
            throw new FormatException($"The model uses the name '{image.Name}' for something within it. Rename that.");
        }
        graph.Input.Insert(0, image);
        // One affine map: to the network's range, less the mean, by the deviation.
        var factor = Enumerable.Range(0, channels).Select(c => scale.Highest / (scale.Deviation?[c] ?? 1)).ToArray();
        var shift = Enumerable.Range(0, channels).Select(c => -(scale.Mean?[c] ?? 0) / (scale.Deviation?[c] ?? 1)).ToArray();
        graph.Initializer.Add(Constant("workbench/factor", factor));
        graph.Initializer.Add(Constant("workbench/shift", shift));
        if (to != image.Name)
        {
            graph.Node.Insert(0, Node("Add", to, from, "workbench/shift"));
        }
        else
        {
            Redirect(graph, to, "workbench/input");
            graph.Node.Insert(0, Node("Add", "workbench/input", from, "workbench/shift"));
        }
        graph.Node.Insert(0, Node("Mul", from, image.Name, "workbench/factor"));
    }

    private static void WithOutput(GraphProto graph, OnnxModel network, bool isProbability)
    {
        var last = graph.Output.Single().Name;
        if (last == NetworkWeights.Probabilities)
        {
            foreach (var node in graph.Node)
            {
                for (var i = 0; i < node.Output.Count; i++)
                {
                    node.Output[i] = node.Output[i] == last ? "workbench/output" : node.Output[i];
                }
            }
            Redirect(graph, last, "workbench/output");
            last = "workbench/output";
        }
        if (network.OutputShape.Count > 1)
        {
            graph.Node.Add(Node("Flatten", "workbench/flat", last));
            last = "workbench/flat";
        }
        var end = Node(isProbability ? "Identity" : "Softmax", NetworkWeights.Probabilities, last);
        if (!isProbability)
        {
            end.Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = 1 });
        }
        graph.Node.Add(end);
        graph.Output.Clear();
        graph.Output.Add(OnnxGraph.Value(NetworkWeights.Probabilities, network.OutputSize));
        if (graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue == 1)
        {
            graph.Output[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimValue = 1 };
        }
    }

    private static void Redirect(GraphProto graph, string from, string to)
    {
        foreach (var node in graph.Node)
        {
            for (var i = 0; i < node.Input.Count; i++)
            {
                node.Input[i] = node.Input[i] == from ? to : node.Input[i];
            }
        }
    }

    private static NodeProto Node(string operation, string output, params string[] inputs) =>
        new() { OpType = operation, Name = output, Input = { inputs }, Output = { output } };

    private static TensorProto Constant(string name, float[] values) => new()
    {
        Name = name,
        DataType = (int)TensorProto.Types.DataType.Float,
        Dims = { 1, values.Length, 1, 1 },
        FloatData = { values },
    };
}
