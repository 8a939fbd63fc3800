using SkiaSharp;
using Workbench.Core.Datasets;
using Workbench.Tests.Training;

namespace Workbench.Tests.Api;

/// <summary>Pictures of digits as files.</summary>
internal static class Digits
{
    /// <summary>An image of MNIST's test part, as a PNG of 28×28.</summary>
    public static (byte[] Png, int Label) Mnist(int index)
    {
        var mnist = Samples.Mnist;
        using var bitmap = new SKBitmap(new SKImageInfo(MnistFrame.Side, MnistFrame.Side, SKColorType.Gray8));
        mnist.Image(Samples.FirstOfTest + index).CopyTo(bitmap.GetPixelSpan());
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return (png.ToArray(), mnist.Labels[Samples.FirstOfTest + index]);
    }

    public static MultipartFormDataContent Form(byte[] file, string field = "file") => new() { { new ByteArrayContent(file), field, "digit.png" } };
}
