namespace Workbench.Core.Pictures;

/// <summary>Why an image cannot be used.</summary>
public enum ImageFault
{
    /// <summary>There are no bytes.</summary>
    Empty,

    /// <summary>The bytes are no image of a known format.</summary>
    NotAnImage,

    /// <summary>The image is cut off or damaged.</summary>
    Truncated,

    /// <summary>There are more than <see cref="PictureLimits.MostBytes"/> bytes.</summary>
    TooLarge,

    /// <summary>There are more than <see cref="PictureLimits.MostPixels"/> pixels.</summary>
    TooManyPixels,

    /// <summary>There is nothing on the image that stands out from its background.</summary>
    Blank,
}

/// <summary>An image that cannot be used. The message is a sentence for the person who sent it.</summary>
public sealed class ImageException : Exception
{
    internal ImageException(ImageFault fault, string message) : base(message) => Fault = fault;

    /// <summary>Why.</summary>
    public ImageFault Fault { get; }
}
