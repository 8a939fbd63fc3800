using System.Text.Json;
using Workbench.Core.Models;
using Workbench.Core.Preparations;

namespace Workbench.Components.Models;

/// <summary>The lines by which a person's own program uses a version.</summary>
internal static class Usage
{
    private const string CSharp = "C#", Python = "Python", Curl = "curl";

    /// <summary>What there are lines in.</summary>
    public static IReadOnlyList<string> Languages { get; } = [CSharp, Python, Curl];

    /// <summary>Where the file of a version is, from the program's root.</summary>
    public static string Address(string model, int version) => $"api/models/{Uri.EscapeDataString(model)}/versions/{version}/download";

    /// <summary>The file's name as browsers save it.</summary>
    public static string FileName(string model, int version) => $"{model}-{version}.onnx";

    /// <summary>The lines in a language.</summary>
    /// <param name="language">One of <see cref="Languages"/>.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version.</param>
    /// <param name="manifest">What it is.</param>
    /// <param name="preparation">How its pictures are prepared.</param>
    /// <param name="server">This server's address, with a slash at its end.</param>
    public static string Of(string language, string model, int version, ModelManifest manifest, Preparation preparation, string server)
    {
        var (channels, height, width) = preparation.Shape;
        var (file, classes) = (JsonSerializer.Serialize(FileName(model, version)), string.Join(", ", manifest.Classes.Select(name => JsonSerializer.Serialize(name))));
        return language switch
        {
            CSharp => $$"""
                // dotnet add package Microsoft.ML.OnnxRuntime
                using Microsoft.ML.OnnxRuntime;

                string[] classes = [{{classes}}];
                using var session = new InferenceSession({{file}});
                // {{preparation.Description}}
                var image = new float[{{channels}} * {{height}} * {{width}}];
                using var input = OrtValue.CreateTensorValueFromMemory(image, [1, {{channels}}, {{height}}, {{width}}]);
                using var options = new RunOptions();
                using var results = session.Run(options, ["image"], [input], ["probabilities"]);
                var probabilities = results[0].GetTensorDataAsSpan<float>().ToArray();
                Console.WriteLine(classes[Array.IndexOf(probabilities, probabilities.Max())]);
                """,
            Python => $$"""
                # pip install onnxruntime numpy
                import numpy, onnxruntime

                classes = [{{classes}}]
                session = onnxruntime.InferenceSession({{file}})
                # {{preparation.Description}}
                image = numpy.zeros((1, {{channels}}, {{height}}, {{width}}), numpy.float32)
                probabilities = session.run(["probabilities"], {"image": image})[0][0]
                print(classes[probabilities.argmax()])
                """,
            _ => $"""
                # The file
                curl -o {Quoted(FileName(model, version))} "{server}{Address(model, version)}"
                # An answer of this server, which takes any picture
                curl -F "file=@picture.png" "{server}predict?model={Uri.EscapeDataString(model)}&version={version}"
                """,
        };
    }

    private static string Quoted(string name) => $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
