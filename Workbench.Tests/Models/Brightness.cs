using Workbench.Core.Models;

namespace Workbench.Tests.Models;

/// <summary>A classifier that was made elsewhere: it tells bright pictures of 4×4 pixels in colour from dark ones.</summary>
internal static class Brightness
{
    public const string Labels = "dark\nbright\n";

    public static byte[] Onnx() => new OnnxGraph("picture", 3, 4, 4).AverageQuarters().Flatten()
        .Dense(new([2, 12], [.. Enumerable.Repeat(-1f, 12), .. Enumerable.Repeat(1f, 12)]), new([2], [6, -6])).ToBytes("logits");
}
