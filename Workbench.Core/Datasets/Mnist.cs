using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Workbench.Core.Datasets;

/// <summary>MNIST, which comes with the program: 70,000 handwritten digits, the first 60,000 its own training part (LeCun, Cortes, Burges).</summary>
/// <param name="directory">Where its four files lie; null for <c>data/mnist</c> beside the program.</param>
public sealed class Mnist(string? directory = null) : IDatasetSource
{
    /// <summary>Its name.</summary>
    public const string DatasetName = "mnist";

    // What loading it gives, so that a list of datasets need not.
    internal const string Fingerprint = "89895e37ede97a76942a85a621f631972cc1a5f2822337344078e1a733d2f3a1";

    private static readonly DatasetSchema Schema = new(
        DatasetKind.Images, 70_000, [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")], [Dataset.TrainPart, Dataset.TestPart],
        new(1, MnistFrame.Side, MnistFrame.Side, SameSize: true, Drawn: true));

    private readonly Lock _gate = new();
    private GreyImages? _images;

    /// <inheritdoc/>
    public Task<IReadOnlyList<DatasetSummary>> ListAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<DatasetSummary>>([new(DatasetName, 1, Fingerprint, Schema, null)]);

    /// <inheritdoc/>
    public async Task<Dataset?> OpenAsync(string name, int? version, CancellationToken cancellationToken = default) =>
        // Half a second of work, at the first time, that no caller's thread should be held up by.
        name == DatasetName && version is null or 1 ? await Task.Run(Open, cancellationToken) : null;

    private GreyImages Open()
    {
        lock (_gate)
        {
            return _images ??= Load(directory);
        }
    }

    private static readonly Dictionary<string, string> Sha256 = new()
    {
        ["train-images-idx3-ubyte.gz"] = "0b367032e93c5d0cea0925647cfdb18614af8ee15f83e6f2fc2ad904a6835971",
        ["train-labels-idx1-ubyte.gz"] = "1787548bbe0bff1ec2ecdc0ef292b02df999e2d1a6002d27500982c652b17203",
        ["t10k-images-idx3-ubyte.gz"] = "1a1a05eab793c14bb050b398624a11b0ffd1a2953baed553b1b9bd079e2a20be",
        ["t10k-labels-idx1-ubyte.gz"] = "b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b",
    };

    /// <summary>Reads the four files and checks the SHA-256 of each.</summary>
    /// <param name="directory">Where they lie; the default is <c>data/mnist</c> beside the program.</param>
    /// <exception cref="DatasetException">A file is missing, unreadable or not the one it should be.</exception>
    public static GreyImages Load(string? directory = null)
    {
        directory ??= Path.Combine(AppContext.BaseDirectory, "data", "mnist");
        ReadOnlyMemory<byte>[] parts =
        [
            Read("train-images-idx3-ubyte.gz", 0, MnistFrame.Side, MnistFrame.Side),
            Read("t10k-images-idx3-ubyte.gz", 0, MnistFrame.Side, MnistFrame.Side),
            Read("train-labels-idx1-ubyte.gz", 0),
            Read("t10k-labels-idx1-ubyte.gz", 0),
        ];
        return new GreyImages(DatasetName, MnistFrame.Side, [.. parts[0].Span, .. parts[1].Span], [.. parts[2].Span, .. parts[3].Span], Schema.Classes, trainCount: parts[2].Length)
        {
            Preparation = MnistFrame.Preparation,
        };

        ReadOnlyMemory<byte> Read(string name, params ReadOnlySpan<int> shape) => IdxFile.Read(Unpack(Path.Combine(directory, name)), name, shape);
    }

    private static byte[] Unpack(string path)
    {
        try
        {
            var packed = File.ReadAllBytes(path);
            var expected = Sha256[Path.GetFileName(path)];
            var found = Convert.ToHexStringLower(SHA256.HashData(packed));
            if (found != expected)
            {
                throw new DatasetException(
                    $"{path} is damaged: its SHA-256 is {found}, expected is {expected}. Restore it from the repository and build again.");
            }
            // The last four bytes of gzip are the length unpacked (RFC 1952): an array that grew to it would be several times as much memory.
            var unpacked = new byte[BinaryPrimitives.ReadInt32LittleEndian(packed.AsSpan(^4..))];
            using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            gzip.ReadExactly(unpacked);
            return unpacked;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path} cannot be read: {failure.Message}", failure);
        }
    }
}
