namespace Workbench.Core.Datasets.Formats;

/// <summary>A folder for each class, named as the class: <c>daisy/1.jpg</c>. Folders within it belong to the class.</summary>
public sealed class ClassFolders : IDatasetFormat
{
    /// <inheritdoc/>
    public FoundPictures? Find(IReadOnlyList<SourceFile> files)
    {
        var placed = FileTree.WithoutWrapping(files);
        return placed.Any(file => file.Segments.Length > 1) && placed.Any(file => file.File.IsPicture())
            ? new FoundPictures(placed.Count, placed.Where(file => file.Segments.Length > 1 || file.File.IsPicture()).Select(file => file.Segments.Length > 1
                ? new FoundPicture(file.File.Path, file.Segments[0], null, () => file.File.ReadAll(PictureDecoder.MostBytes))
                : FoundPicture.Faulty(file.File.Path, "It lies in no folder, so that its class is not known.")))
            : null;
    }
}
