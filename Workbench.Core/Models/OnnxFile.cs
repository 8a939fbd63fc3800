using System.Text.Json;
using Google.Protobuf;
using Onnx;

namespace Workbench.Core.Models;

/// <summary>What can be done with ONNX files without running them.</summary>
public static class OnnxFile
{
    /// <summary>One network of two: the second takes what the first gives. The input keeps the first's name, the output the second's.</summary>
    /// <exception cref="FormatException">A file is damaged, or the two do not fit.</exception>
    public static byte[] Join(byte[] first, byte[] second)
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

    /// <summary>The same network with what a stranger has to know of it, where tools show it.</summary>
    /// <param name="file">A file of ours.</param>
    /// <param name="name">What it is.</param>
    /// <param name="preparation">How a picture is prepared, in a sentence.</param>
    /// <param name="classes">The classes, in the order of the probabilities.</param>
    public static byte[] Describe(byte[] file, string name, string preparation, IReadOnlyList<string> classes)
    {
        var model = Read(file);
        model.DocString = $"{name}. Input: {preparation} Output: the probabilities of {string.Join(", ", classes)}.";
        model.Graph.Input.Single().DocString = preparation;
        model.Graph.Output.Single().DocString = $"Probabilities of {string.Join(", ", classes)}";
        model.MetadataProps.Add(new StringStringEntryProto { Key = "classes", Value = JsonSerializer.Serialize(classes) });
        model.MetadataProps.Add(new StringStringEntryProto { Key = "preparation", Value = preparation });
        return model.ToByteArray();
    }

    /// <summary>Parses a file.</summary>
    /// <exception cref="FormatException">It is damaged, or something else.</exception>
    internal static ModelProto Read(byte[] file)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(file);
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
