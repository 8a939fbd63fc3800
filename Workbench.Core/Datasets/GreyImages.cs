using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Workbench.Core.Datasets;

/// <summary>Small grey images of one size, all in memory, as IDX files hold them.</summary>
public sealed class GreyImages : Dataset
{
    private readonly byte[] _images;

    /// <summary>Takes the images as they are, without a copy; they must not be written to afterwards.</summary>
    /// <param name="name">The name that users know it by.</param>
    /// <param name="side">Width and height of an image, in pixels.</param>
    /// <param name="images">One image after the other, row by row.</param>
    /// <param name="labels">One class index an image.</param>
    /// <param name="classes">Names of the classes.</param>
    /// <param name="trainCount">How many images, from the first, are the dataset's own training part; the others are its test part.</param>
    /// <exception cref="DatasetException">The parts do not fit together.</exception>
    public GreyImages(string name, int side, byte[] images, byte[] labels, IReadOnlyList<string> classes, int trainCount)
    {
        if (images.Length != labels.Length * side * side)
        {
            throw new DatasetException($"{name}: {images.Length} bytes of images do not make {labels.Length} images of {side}×{side}.");
        }
        if (Array.FindIndex(labels, label => label >= classes.Count) is >= 0 and var at)
        {
            throw new DatasetException($"{name}: image {at} has label {labels[at]}, but there are {classes.Count} classes.");
        }
        if (trainCount < 0 || trainCount > labels.Length)
        {
            throw new DatasetException($"{name}: a training part of {trainCount} does not fit {labels.Length} images.");
        }
        (Name, _images, Labels) = (name, images, [.. labels.Select(label => (int)label)]);
        Parts = [.. Enumerable.Range(0, labels.Length).Select(i => (byte)(i < trainCount ? 0 : 1))];
        Schema = new(DatasetKind.Images, labels.Length, classes, [TrainPart, TestPart], new(1, side, side, SameSize: true, Drawn: true));
        Fingerprint = HashContents(images, labels, classes, trainCount);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override int Version => 1;

    /// <inheritdoc/>
    public override string Fingerprint { get; }

    /// <inheritdoc/>
    public override DatasetSchema Schema { get; }

    /// <inheritdoc/>
    public override int[] Labels { get; }

    /// <inheritdoc/>
    public override byte[] Parts { get; }

    /// <summary>The name of the preparation that has made the images; null for none.</summary>
    public string? Preparation { get; init; }

    /// <inheritdoc/>
    public override string? PreparedAs => Preparation;

    /// <summary>The pixels of one image, row by row.</summary>
    public ReadOnlySpan<byte> Image(int index) => _images.AsSpan(index * Schema.Images.Width * Schema.Images.Height, Schema.Images.Width * Schema.Images.Height);

    /// <inheritdoc/>
    public override Pixels Read(int index, int shorterSide) => new(Schema.Images.Width, Schema.Images.Height, 1, Image(index).ToArray());

    private static string HashContents(byte[] images, byte[] labels, IReadOnlyList<string> classes, int trainCount)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(images);
        hash.AppendData(labels);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', classes)));
        Span<byte> count = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(count, trainCount);
        hash.AppendData(count);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
