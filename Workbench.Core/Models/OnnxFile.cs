using Google.Protobuf;
using Onnx;

namespace Workbench.Core.Models;

/// <summary>What can be done with ONNX files without running them.</summary>
internal static class OnnxFile
{
    /// <summary>One network of two: the second takes what the first gives. The input keeps the first's name, the output the second's.</summary>
    /// <exception cref="FormatException">A file is damaged, or the two do not fit.</exception>
    public static byte[] Join(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
    {
        var (before, after) = (Read(first), Read(second));
        if (Opset(before) != Opset(after))
        {
            throw new FormatException($"The networks have different operator sets, {Opset(before)} and {Opset(after)}.");
        }
        var (input, output) = (before.Graph.Input.Single().Name, after.Graph.Output.Single().Name);
        Rename(before.Graph, name => name == input ? input : $"encoder/{name}");
        Rename(after.Graph, name => name == after.Graph.Input[0].Name ? before.Graph.Output[0].Name : name == output ? output : $"head/{name}");
        before.Graph.Node.Add(after.Graph.Node);
        before.Graph.Initializer.Add(after.Graph.Initializer);
        before.Graph.Output.Clear();
        before.Graph.Output.Add(after.Graph.Output);
        return before.ToByteArray();
    }

    private static ModelProto Read(ReadOnlyMemory<byte> file)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(file.Span);
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new FormatException($"The file is no ONNX model: {failure.Message}", failure);
        }
    }

    private static long Opset(ModelProto model) => model.OpsetImport.Single(set => set.Domain is "" or "ai.onnx").Version;

    private static void Rename(GraphProto graph, Func<string, string> to)
    {
        // Told before anything has its new name: what maps them asks the graph for the old ones.
        var names = graph.Input.Select(value => value.Name).Concat(graph.Output.Select(value => value.Name)).Concat(graph.Initializer.Select(value => value.Name))
            .Concat(graph.Node.SelectMany(node => node.Input.Concat(node.Output))).Distinct().ToDictionary(name => name, to);
        foreach (var value in graph.Input.Concat(graph.Output))
        {
            value.Name = names[value.Name];
        }
        foreach (var constant in graph.Initializer)
        {
            constant.Name = names[constant.Name];
        }
        foreach (var node in graph.Node)
        {
            node.Name = to(node.Name);
            for (var i = 0; i < node.Input.Count; i++)
            {
                node.Input[i] = names[node.Input[i]];
            }
            for (var i = 0; i < node.Output.Count; i++)
            {
                node.Output[i] = names[node.Output[i]];
            }
        }
    }
}
