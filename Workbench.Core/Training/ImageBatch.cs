using TorchSharp;
using Workbench.Core.Datasets;
using static TorchSharp.torch;

namespace Workbench.Core.Training;

/// <summary>Images as networks take them.</summary>
internal static class ImageBatch
{
    /// <summary>A tensor of images × 1 × 28 × 28, from 0 (background) to 1 (ink).</summary>
    /// <param name="images">A whole number of images, 784 bytes each.</param>
    public static Tensor ToTensor(ReadOnlySpan<byte> images)
    {
        var bytes = empty(images.Length / Dataset.Pixels, 1, Dataset.Side, Dataset.Side, ScalarType.Byte);
        images.CopyTo(bytes.bytes);
        return bytes.to_type(ScalarType.Float32).div_(255f);
    }
}
