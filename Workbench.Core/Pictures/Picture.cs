namespace Workbench.Core.Pictures;

/// <summary>A decoded image, upright and in shades of grey.</summary>
/// <param name="Grey">Its pixels.</param>
/// <param name="WasGrey">Whether the file has no colour and lets nothing through; known of small images only.</param>
internal sealed record Picture(Plane Grey, bool WasGrey)
{
    /// <summary>Whether no pixel, of four bytes, has a colour or lets anything through.</summary>
    public static bool IsOpaqueGrey(ReadOnlySpan<byte> pixels)
    {
        for (var at = 0; at < pixels.Length; at += 4)
        {
            if (pixels[at] != pixels[at + 1] || pixels[at] != pixels[at + 2] || pixels[at + 3] != 255)
            {
                return false;
            }
        }
        return true;
    }
}
