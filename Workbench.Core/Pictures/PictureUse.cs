namespace Workbench.Core.Pictures;

/// <summary>What a picture is wanted for, which says how much of its detail is decoded.</summary>
/// <param name="Scale">
/// Given width and height of the upright picture: how much smaller it may come from a format that can shrink while it decodes; 1 or more for
/// not at all.
/// </param>
/// <param name="Memory">What the use of the decoded picture takes at most, in bytes.</param>
internal sealed record PictureUse(Func<int, int, float> Scale, long Memory)
{
    /// <summary>Shades of grey, of which no side is longer; a format that can shrink while it decodes keeps four times the detail.</summary>
    public static PictureUse Grey(int longestSide) => new((width, height) => 4 * longestSide / (float)Math.Max(width, height), 0);

    /// <summary>The middle of the picture in this size.</summary>
    public static PictureUse Colour(int width, int height) => new(
        // JPEG shrinks by eighths: to the next that is no smaller.
        (storedWidth, storedHeight) => MathF.Ceiling(8 * Math.Max(width / (float)storedWidth, height / (float)storedHeight)) / 8,
        // Sums, pixels and two scalings of less than twice the width and height in three channels.
        3L * width * height * (4 * sizeof(int) + 4 + 3 * sizeof(float)));
}
