namespace Workbench.Core.Serving;

/// <summary>x</summary>
public enum ImageFault
{
    /// <summary>x</summary>
    NotAnImage,

    /// <summary>x</summary>
    TooLarge,

    /// <summary>x</summary>
    TooManyPixels,
}

/// <summary>x</summary>
public sealed class ImageException(ImageFault kind, string message) : Exception(message)
{
    /// <summary>x</summary>
    public ImageFault Kind { get; } = kind;
}

/// <summary>x</summary>
public static class ImagePreparation
{
    /// <summary>x</summary>
    public const int MaximumBytes = 10 << 20;

    /// <summary>x</summary>
    public static byte[] Prepare(ReadOnlySpan<byte> file) => throw new ImageException(ImageFault.NotAnImage, $"{file.Length}");
}
