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
        var bytes = Bytes(images.Length / MnistFrame.Pixels);
        images.CopyTo(bytes.bytes);
        return Scaled(bytes);
    }

    /// <summary>The same of some images of a dataset.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="indices">Which of them, 64-bit integers.</param>
    public static Tensor Gather(Dataset dataset, Tensor indices)
    {
        var bytes = Bytes((int)indices.shape[0]);
        var rest = bytes.bytes;
        foreach (var index in indices.data<long>())
        {
            dataset.Read((int)index, MnistFrame.Side).Values.CopyTo(rest);
            rest = rest[MnistFrame.Pixels..];
        }
        return Scaled(bytes);
    }

    private static Tensor Scaled(Tensor bytes)
    {
        using Scalar white = 255f;
        return bytes.to_type(ScalarType.Float32).div_(white);
    }

    private static Tensor Bytes(int images) => empty(images, 1, MnistFrame.Side, MnistFrame.Side, ScalarType.Byte);
}
