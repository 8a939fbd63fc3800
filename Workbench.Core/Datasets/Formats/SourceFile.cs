namespace Workbench.Core.Datasets.Formats;

/// <summary>A file that is imported.</summary>
/// <param name="Path">Where it lies in what is imported, its segments parted by slashes.</param>
/// <param name="Length">Its size in bytes, as it is claimed.</param>
/// <param name="Open">Opens it. Of a source one file is open at a time.</param>
public sealed record SourceFile(string Path, long Length, Func<Stream> Open)
{
    /// <summary>Its name without folders.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Reads it.</summary>
    /// <param name="most">The most bytes it may have.</param>
    /// <exception cref="DatasetException">It has more, or can't be read.</exception>
    public byte[] ReadAll(int most)
    {
        try
        {
            using var stream = Open();
            using var content = new MemoryStream((int)Math.Clamp(Length, 0, most));
            var buffer = new byte[64 << 10];
            while (stream.Read(buffer) is > 0 and var read)
            {
                // What a file says of its length need not be true.
                if (content.Length + read > most)
                {
                    throw new DatasetException($"The file has more than {most >> 20} MB, which is the most.");
                }
                content.Write(buffer, 0, read);
            }
            return content.Length == content.Capacity ? content.GetBuffer() : content.ToArray();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            throw new DatasetException($"The file can't be read: {exception.Message}", exception);
        }
    }
}
