using System.Buffers.Binary;
using System.IO.Compression;
using SkiaSharp;

namespace Workbench.Core.Datasets.Formats;

/// <summary>Pairs of IDX files, as of MNIST: <c>train-images-idx3-ubyte</c> with <c>train-labels-idx1-ubyte</c>, packed with gzip or not.
/// Those that are called <c>t10k</c> or <c>test</c> are the test part.</summary>
public sealed class IdxPairs : IDatasetFormat
{
    private const int MostSide = 4096;

    // Small pictures hardly shrink further, and each takes four times as long.
    private static readonly SKPngEncoderOptions Fast = new(SKPngEncoderFilterFlags.NoFilters, 1);

    /// <inheritdoc/>
    public FoundPictures? Find(IReadOnlyList<SourceFile> files)
    {
        var pairs = new Dictionary<string, (SourceFile Images, SourceFile Labels)>();
        var byName = files.GroupBy(file => Plain(file.Name)).ToDictionary(same => same.Key, same => same.First());
        foreach (var (name, images) in byName.Where(file => file.Key.Contains("images-idx3", StringComparison.Ordinal)))
        {
            if (byName.TryGetValue(name.Replace("images-idx3", "labels-idx1", StringComparison.Ordinal), out var labels))
            {
                pairs.Add(name, (images, labels));
            }
        }
        // Its header says how many there are; the files' sizes nothing, if they are packed.
        return pairs.Count == 0 ? null : new FoundPictures(pairs.Values.Sum(pair => Count(pair.Labels)), pairs.SelectMany(pair => Read(pair.Key, pair.Value.Images, pair.Value.Labels)));
    }

    private static string Plain(string name)
    {
        var plain = name.ToLowerInvariant().Replace('.', '-');
        return plain.EndsWith("-gz", StringComparison.Ordinal) ? plain[..^3] : plain;
    }

    private static int Count(SourceFile labels)
    {
        using var stream = Open(labels);
        return ReadHeader(stream, labels, 1)[0];
    }

    private static IEnumerable<FoundPicture> Read(string name, SourceFile images, SourceFile labels)
    {
        byte[] classes;
        using (var stream = Open(labels))
        {
            classes = new byte[ReadHeader(stream, labels, 1)[0]];
            Fill(stream, labels, classes);
        }
        var part = name.Contains("t10k", StringComparison.Ordinal) || name.Contains("test", StringComparison.Ordinal) ? Dataset.TestPart
            : name.Contains("valid", StringComparison.Ordinal) ? Dataset.ValidationPart
            : Dataset.TrainPart;
        using var pictures = Open(images);
        if (ReadHeader(pictures, images, 3) is not [var count, var height, var width] || count != classes.Length)
        {
            throw new DatasetException($"{images.Path} and {labels.Path} do not have the same number of entries.");
        }
        for (var index = 0; index < count; index++)
        {
            var values = new byte[height * width];
            Fill(pictures, images, values);
            yield return new FoundPicture($"{images.Path}/{index:D6}", $"{classes[index]}", part, () => Encode(values, width, height));
        }
    }

    private static byte[] Encode(byte[] values, int width, int height)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        for (var row = 0; row < height; row++)
        {
            values.AsSpan(row * width, width).CopyTo(bitmap.GetPixelSpan()[(row * bitmap.RowBytes)..]);
        }
        using var pixmap = bitmap.PeekPixels();
        using var png = pixmap.Encode(Fast);
        return png!.ToArray();
    }

    private static Stream Open(SourceFile file)
    {
        var stream = file.Open();
        return file.Name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    private static int[] ReadHeader(Stream stream, SourceFile file, int dimensions)
    {
        var header = new byte[4 + 4 * dimensions];
        Fill(stream, file, header);
        if (header is not [0, 0, 8, var found, ..] || found != dimensions)
        {
            throw new DatasetException($"{file.Path} is no IDX file of unsigned bytes with {dimensions} {(dimensions == 1 ? "dimension" : "dimensions")}.");
        }
        int[] sizes = [.. Enumerable.Range(1, dimensions).Select(i => BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * i)))];
        return sizes[0] is >= 0 and <= FileSource.MostFiles && sizes.Skip(1).All(size => size is > 0 and <= MostSide)
            ? sizes
            : throw new DatasetException($"{file.Path} holds {string.Join(" × ", sizes)} values; {FileSource.MostFiles:N0} pictures of {MostSide} × {MostSide} are the most.");
    }

    private static void Fill(Stream stream, SourceFile file, Span<byte> values)
    {
        try
        {
            stream.ReadExactly(values);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw new DatasetException($"{file.Path} is cut off or damaged.", exception);
        }
    }
}
