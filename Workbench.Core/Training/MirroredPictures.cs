using Workbench.Core.Datasets;

namespace Workbench.Core.Training;

/// <summary>The pictures of a dataset that may be trained on, left and right exchanged: all but those of its test part, which are never
/// augmented.</summary>
internal sealed class MirroredPictures : Dataset
{
    private readonly Dataset _dataset;

    public MirroredPictures(Dataset dataset)
    {
        _dataset = dataset;
        var test = dataset.InPart(TestPart).ToHashSet();
        Indices = [.. Enumerable.Range(0, dataset.Count).Where(index => !test.Contains(index))];
        Labels = [.. Indices.Select(index => dataset.Labels[index])];
    }

    /// <summary>Which picture of the dataset each of them is.</summary>
    public int[] Indices { get; }

    /// <inheritdoc/>
    public override string Name => _dataset.Name;

    /// <inheritdoc/>
    public override int Version => _dataset.Version;

    /// <summary>That of the dataset, and that it is mirrored.</summary>
    public override string Fingerprint => $"{_dataset.Fingerprint}.mirrored";

    /// <inheritdoc/>
    public override DatasetSchema Schema => _dataset.Schema with { Count = Indices.Length, Parts = [] };

    /// <inheritdoc/>
    public override int[] Labels { get; }

    /// <inheritdoc/>
    public override byte[] Parts => [];

    /// <inheritdoc/>
    public override string? PreparedAs => _dataset.PreparedAs;

    /// <inheritdoc/>
    public override Pixels Read(int index, int shorterSide)
    {
        var picture = _dataset.Read(Indices[index], shorterSide);
        var (values, channels) = (new byte[picture.Values.Length], picture.Channels);
        for (var row = 0; row < values.Length; row += picture.Width * channels)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                picture.Values.AsSpan(row + x * channels, channels).CopyTo(values.AsSpan(row + (picture.Width - 1 - x) * channels));
            }
        }
        return new Pixels(picture.Width, picture.Height, channels, values);
    }
}
