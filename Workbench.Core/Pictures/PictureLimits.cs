namespace Workbench.Core.Pictures;

/// <summary>The largest pictures that are taken from strangers.</summary>
public static class PictureLimits
{
    /// <summary>The longest file that is looked at, in bytes.</summary>
    public const int MostBytes = 10 * 1024 * 1024;

    /// <summary>The largest image that is decoded, in pixels.</summary>
    public const long MostPixels = 40_000_000;
}
