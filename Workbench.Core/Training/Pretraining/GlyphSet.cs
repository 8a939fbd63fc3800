using SkiaSharp;

namespace Workbench.Core.Training.Pretraining;

/// <summary>The outlines of digits and letters in all fonts that have them.</summary>
internal sealed class GlyphSet : IDisposable
{
    /// <summary>
    /// The classes; characters that differ only in size, which the frame takes away, are one class.
    /// </summary>
    private static readonly string[] Classes =
    [
        "0Oo", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "Cc", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "P", "Q",
        "R", "Ss", "T", "U", "Vv", "Ww", "Xx", "Y", "Zz", "a", "b", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "p", "q", "r",
        "t", "u", "y",
    ];

    /// <summary>Reads every font below the folders.</summary>
    /// <exception cref="TrainingException">There is no usable font.</exception>
    public GlyphSet(IEnumerable<string> folders)
    {
        List<(SKPath, int)> glyphs = [];
        SortedSet<string> fonts = new(StringComparer.Ordinal);
        // By file name: the same fonts in another place give the same glyphs in the same order.
        foreach (var file in FontFiles(folders).DistinctBy(Path.GetFileName).OrderBy(Path.GetFileName, StringComparer.Ordinal))
        {
            using var typeface = SKTypeface.FromFile(file);
            if (typeface is null)
                continue;
            var before = glyphs.Count;
            using var font = new SKFont(typeface, size: 64);
            foreach (var (number, letters) in Classes.Index())
            {
                foreach (var letter in letters)
                {
                    // A font without the character would draw its box for missing ones: zero says so.
                    if (typeface.GetGlyph(letter) is > 0 and var glyph && font.GetGlyphPath(glyph) is { } path)
                    {
                        if (path.TightBounds is { Width: > 1, Height: > 1 })
                            glyphs.Add((path, number));
                        else
                            path.Dispose();
                    }
                }
            }
            if (glyphs.Count > before)
                fonts.Add(Path.GetFileName(file));
        }
        (Glyphs, Fonts) = (glyphs, [.. fonts]);
        if (glyphs.Count == 0)
        {
            throw new TrainingException(
                $"No font with digits or letters lies in {string.Join(", ", folders)}. Install some, or name a folder that has them.");
        }
    }

    /// <summary>Outline and class of every glyph.</summary>
    public IReadOnlyList<(SKPath Outline, int Class)> Glyphs { get; }

    /// <summary>File names of the fonts that were used.</summary>
    public IReadOnlyList<string> Fonts { get; }

    /// <summary>Number of classes.</summary>
    public static int ClassCount => Classes.Length;

    /// <summary>The folders in which systems keep their fonts.</summary>
    public static IEnumerable<string> InstalledFonts()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsWindows())
            return [Environment.GetFolderPath(Environment.SpecialFolder.Fonts)];
        if (OperatingSystem.IsMacOS())
            return ["/System/Library/Fonts", "/Library/Fonts", Path.Combine(home, "Library/Fonts")];
        return ["/usr/share/fonts", "/usr/local/share/fonts", Path.Combine(home, ".fonts"), Path.Combine(home, ".local/share/fonts")];
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var (outline, _) in Glyphs)
            outline.Dispose();
    }

    private static IEnumerable<string> FontFiles(IEnumerable<string> folders) => folders
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        .Where(file => Path.GetExtension(file).ToLowerInvariant() is ".ttf" or ".otf");
}
