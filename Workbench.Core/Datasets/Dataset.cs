using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Workbench.Core.Datasets;

/// <summary>Labelled grey images of 28×28 pixels, all in memory.</summary>
public sealed record Dataset
{
    /// <summary>Width and height of an image, in pixels.</summary>
    public const int Side = 28;

    /// <summary>Pixels in an image.</summary>
    public const int Pixels = Side * Side;

    /// <summary>Takes the arrays as they are, without a copy; nobody may write to them afterwards.</summary>
    /// <param name="name">The name users know it by.</param>
    /// <param name="images">One image after the other, row by row, 0 = background, 255 = ink.</param>
    /// <param name="labels">One class index an image.</param>
    /// <param name="classes">Names of the classes.</param>
    /// <param name="trainCount">How many images, from the first, are the data set's own training part.</param>
    /// <exception cref="DatasetException">The parts do not fit together.</exception>
    public Dataset(string name, byte[] images, byte[] labels, IReadOnlyList<string> classes, int trainCount)
    {
        if (images.Length != labels.Length * Pixels)
            throw new DatasetException($"{name}: {images.Length} bytes of images do not make {labels.Length} images of {Side}×{Side}.");
        if (Array.FindIndex(labels, label => label >= classes.Count) is >= 0 and var at)
            throw new DatasetException($"{name}: image {at} has label {labels[at]}, but there are {classes.Count} classes.");
        if (trainCount < 0 || trainCount > labels.Length)
            throw new DatasetException($"{name}: a training part of {trainCount} does not fit {labels.Length} images.");
        (Name, Images, Labels, Classes, TrainCount) = (name, images, labels, classes, trainCount);
        Hash = HashContents();
    }

    /// <summary>The name users know it by, for example <c>mnist</c>.</summary>
    public string Name { get; }

    /// <summary>All images: <see cref="Count"/> × 784 bytes, row by row, 0 = background, 255 = ink.</summary>
    public byte[] Images { get; }

    /// <summary>The class index of each image.</summary>
    public byte[] Labels { get; }

    /// <summary>Names of the classes, by class index.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The first so many images are the data set's own training part, the others its test part.</summary>
    public int TrainCount { get; }

    /// <summary>SHA-256 over images, labels, classes and training part, in lower-case hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>Number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>The 784 pixels of one image.</summary>
    public ReadOnlySpan<byte> Image(int index) => Images.AsSpan(index * Pixels, Pixels);

    /// <summary>Data sets are equal when their contents are.</summary>
    public bool Equals(Dataset? other) => other is not null && Hash == other.Hash && Name == other.Name;

    /// <inheritdoc />
    public override int GetHashCode() => Hash.GetHashCode(StringComparison.Ordinal);

    private string HashContents()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Images);
        hash.AppendData(Labels);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', Classes)));
        Span<byte> trainCount = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(trainCount, TrainCount);
        hash.AppendData(trainCount);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
