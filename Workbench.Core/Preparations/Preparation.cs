using Workbench.Core.Datasets;
using Workbench.Core.Models;
using Workbench.Core.Pictures;
using Workbench.Core.Telemetry;

namespace Workbench.Core.Preparations;

/// <summary>How any picture becomes the numbers that a network takes. Pure, and safe for use by several threads.</summary>
public abstract class Preparation
{
    /// <summary>Its name and numbers, from which <see cref="PreparationCatalog"/> makes the same again.</summary>
    public abstract PreparationSettings Settings { get; }

    /// <summary>What it makes: channels, height and width. Channels lie one after the other, row by row.</summary>
    public abstract (int Channels, int Height, int Width) Shape { get; }

    /// <summary>What a program in another language has to do to get the same, in a sentence.</summary>
    public abstract string Description { get; }

    /// <summary>How many numbers it makes.</summary>
    public int Size => Shape.Channels * Shape.Height * Shape.Width;

    /// <summary>The least width and height of a picture that it can use all of.</summary>
    public abstract int ShorterSide { get; }

    /// <summary>What to decode of a file.</summary>
    internal abstract PictureUse Use { get; }

    /// <summary>Prepares a picture of a dataset, unless it is prepared already.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="index">Which picture.</param>
    /// <param name="prepared">Receives <see cref="Size"/> numbers.</param>
    /// <exception cref="DatasetException">The picture is missing or damaged.</exception>
    public void Prepare(Dataset dataset, int index, Span<float> prepared)
    {
        var picture = dataset.Read(index, ShorterSide);
        if (dataset.PreparedAs == Settings.Name)
        {
            Take(picture, prepared);
        }
        else
        {
            Prepare(picture, prepared);
        }
    }

    /// <summary>Prepares a decoded picture.</summary>
    /// <param name="picture">Of any size, grey or in colour.</param>
    /// <param name="prepared">Receives <see cref="Size"/> numbers.</param>
    public abstract void Prepare(Pixels picture, Span<float> prepared);

    /// <summary>Prepares the picture of a file.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <returns><see cref="Size"/> numbers.</returns>
    /// <exception cref="ImageException">It cannot be used; <see cref="ImageException.Fault"/> says why.</exception>
    public float[] Prepare(byte[] file)
    {
        using var picture = Open(new MemoryStream(file));
        return Prepare(picture);
    }

    /// <summary>Reads the header of a file and tells what memory it takes to prepare.</summary>
    /// <param name="file">Can seek; is disposed of with the result.</param>
    /// <exception cref="ImageException">It cannot be used.</exception>
    internal PictureFile Open(Stream file) => PictureFile.Open(file, Use);

    /// <summary>Prepares a file that is open already.</summary>
    /// <exception cref="ImageException">It is damaged, or there is nothing on it.</exception>
    internal float[] Prepare(PictureFile file)
    {
        using var decoding = Decoding.Start();
        var prepared = new float[Size];
        Decode(file, prepared);
        return prepared;
    }

    /// <summary>Decodes and prepares.</summary>
    private protected abstract void Decode(PictureFile file, Span<float> prepared);

    /// <summary>Takes a picture that has gone through this preparation already.</summary>
    private protected virtual void Take(Pixels picture, Span<float> prepared) =>
        throw new NotSupportedException($"No pictures are stored as '{Settings.Name}' makes them.");
}

/// <summary>A kind of preparation, as it is registered.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Create">Makes one from its numbers; throws <see cref="FormatException"/> when they are wrong.</param>
public sealed record PreparationKind(string Name, Func<PreparationSettings, Preparation> Create);

/// <summary>The preparations by name, as they are registered.</summary>
public sealed class PreparationCatalog(IEnumerable<PreparationKind> kinds)
{
    private readonly PreparationKind[] _kinds = [.. kinds];

    /// <summary>The preparation of a manifest or an encoder.</summary>
    /// <exception cref="FormatException">There is none of that name, or its numbers are wrong.</exception>
    public Preparation Create(PreparationSettings settings) => _kinds.FirstOrDefault(kind => kind.Name == settings.Name) is { } known
        ? known.Create(settings)
        : throw new FormatException($"This program knows no preparation '{settings.Name}', only {string.Join(", ", _kinds.Select(kind => kind.Name))}.");
}
