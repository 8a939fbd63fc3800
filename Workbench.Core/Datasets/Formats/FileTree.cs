namespace Workbench.Core.Datasets.Formats;

/// <summary>Files by their folders.</summary>
internal static class FileTree
{
    private static readonly string[] Extensions =
        [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".ico", ".wbmp"];

    /// <summary>Whether a file is called as a picture is.</summary>
    public static bool IsPicture(this SourceFile file) =>
        Extensions.Any(extension => file.Path.EndsWith(extension, StringComparison.OrdinalIgnoreCase));

    /// <summary>The segments of each file's path, without the folders that all pictures lie in: those say how the source is called. One folder
    /// stays, which may be a class, and so does one that is called as a part.</summary>
    public static IReadOnlyList<(SourceFile File, string[] Segments)> WithoutWrapping(IReadOnlyList<SourceFile> files)
    {
        var pictures = files.Where(IsPicture).Select(Segments).ToList();
        var wrapping = 0;
        while (pictures.Count > 0 && pictures[0] is var first && first.Length > wrapping + 2 && PartName.Of(first[wrapping]) is null
            && pictures.TrueForAll(path => path.Length > wrapping + 2 && path[wrapping] == first[wrapping]))
        {
            wrapping++;
        }
        var prefix = pictures.Count > 0 ? pictures[0].Take(wrapping).ToArray() : [];
        return [.. files.Select(file => (file, Segments(file)))
            .Where(file => file.Item2.Length > wrapping && file.Item2.Take(wrapping).SequenceEqual(prefix))
            .Select(file => (file.file, file.Item2[wrapping..]))];
    }

    private static string[] Segments(SourceFile file) => file.Path.Split('/');
}
