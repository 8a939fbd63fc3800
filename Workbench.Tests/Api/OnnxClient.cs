using Microsoft.ML.OnnxRuntime;

namespace Workbench.Tests.Api;

/// <summary>What another person's program does with a model that it downloaded.</summary>
internal static class OnnxClient
{
    /// <summary>Runs a network on one picture.</summary>
    public static float[] Predict(byte[] file, float[] picture, int channels, int height, int width)
    {
        using var session = new InferenceSession(file);
        using var image = OrtValue.CreateTensorValueFromMemory(picture, [1, channels, height, width]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["image"], [image], ["probabilities"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
