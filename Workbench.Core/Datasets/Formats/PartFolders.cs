namespace Workbench.Core.Datasets.Formats;

/// <summary>A folder for each part, and in it one for each class: <c>train/daisy/1.jpg</c>, <c>test/daisy/2.jpg</c>. Parts are called
/// <c>train</c>, <c>val</c>, <c>valid</c>, <c>validation</c> or <c>test</c>.</summary>
public sealed class PartFolders : IDatasetFormat
{
    /// <inheritdoc/>
    public FoundPictures? Find(IReadOnlyList<SourceFile> files)
    {
        var placed = FileTree.WithoutWrapping(files).Where(file => file.Segments.Length > 1).ToList();
        // Files beside the folders, such as a README, are no pictures of it.
        return placed.Any(file => file.Segments.Length > 2)
            && placed.Where(file => file.File.IsPicture()).All(file => PartName.Of(file.Segments[0]) is not null)
            ? new FoundPictures(placed.Count, placed.Where(file => PartName.Of(file.Segments[0]) is not null).Select(file => file.Segments.Length > 2
                ? new FoundPicture(file.File.Path, file.Segments[1], PartName.Of(file.Segments[0]), () => file.File.ReadAll(PictureDecoder.MostBytes))
                : FoundPicture.Faulty(file.File.Path, $"It lies in '{file.Segments[0]}', but in no folder of a class.")))
            : null;
    }
}
