using SkiaSharp;
using Workbench.Core.Tracking;

namespace Workbench.Core.Datasets;

/// <summary>A class of a version of a dataset.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Count">How many pictures it has.</param>
/// <param name="Parts">How many in each part, in the order of the parts; empty without parts.</param>
public sealed record ClassCount(string Name, int Count, IReadOnlyList<int> Parts);

/// <summary>A version of a dataset as pages and clients show it.</summary>
/// <param name="Summary">What lists show of it.</param>
/// <param name="Classes">Its classes, by class index.</param>
/// <param name="Bytes">The size of its pictures' files; null for one that comes with the program.</param>
/// <param name="Problems">What is wrong with it, the first of each kind.</param>
/// <param name="ProblemCounts">How many problems of each kind it has.</param>
/// <param name="Versions">All its versions, the newest first; empty for one that comes with the program.</param>
public sealed record DatasetDetail(
    DatasetSummary Summary, IReadOnlyList<ClassCount> Classes, long? Bytes, IReadOnlyList<DatasetProblem> Problems,
    IReadOnlyDictionary<DatasetProblemKind, int> ProblemCounts, IReadOnlyList<DatasetVersion> Versions);

/// <summary>Which pictures of a version are looked at; what is null does not matter.</summary>
/// <param name="Class">Those of a class, by its name.</param>
/// <param name="Part">Those of a part.</param>
/// <param name="Sha256">Those of this SHA-256, in hexadecimal digits.</param>
public sealed record PictureFilter(string? Class = null, string? Part = null, string? Sha256 = null);

/// <summary>A picture of a version.</summary>
/// <param name="Id">Its place in the version, from 0 on.</param>
/// <param name="Class">The name of its class.</param>
/// <param name="Part">The name of its part; null without parts.</param>
/// <param name="Path">The path by which it was imported; null for a picture that comes with the program.</param>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Bytes">The size of its file; null for a picture that comes with the program.</param>
public sealed record PictureLine(int Id, string Class, string? Part, string? Path, int Width, int Height, long? Bytes);

/// <summary>A picture of a version, with its file.</summary>
/// <param name="Id">Its place in the version, from 0 on.</param>
/// <param name="Class">The name of its class.</param>
/// <param name="Part">The name of its part; null without parts.</param>
/// <param name="File">The file, in whatever format it was imported.</param>
public sealed record ExamplePicture(int Id, string Class, string? Part, byte[] File);

/// <summary>Shows datasets to people, whatever source they are from.</summary>
public sealed class DatasetBrowser(DatasetCatalog catalog, DatasetQueries queries)
{
    /// <summary>The longer side of a thumbnail, in pixels.</summary>
    public const int ThumbnailSide = 192;

    private const int Quality = 80;

    private readonly Dataset?[] _recent = new Dataset?[8];

    /// <summary>The newest version of every dataset, and how many problems it has.</summary>
    public async Task<IReadOnlyList<(DatasetSummary Summary, int Problems)>> ListAsync(CancellationToken cancellationToken = default)
    {
        var problems = (await queries.NewestAsync(cancellationToken)).ToDictionary(version => version.Dataset.Name, version => version.Problems);
        return [.. (await catalog.ListAsync(cancellationToken)).Select(summary => (summary, problems.GetValueOrDefault(summary.Name)))];
    }

    /// <summary>All versions of a dataset, the newest first; empty for one that comes with the program, or is not there.</summary>
    public async Task<IReadOnlyList<DatasetSummary>> VersionsAsync(string name, CancellationToken cancellationToken = default) =>
        [.. (await queries.VersionsAsync(name, cancellationToken)).Select(version => new DatasetSummary(name, version.Version, version.Fingerprint, StoredDataset.SchemaOf(version), version.CreatedAt))];

    /// <summary>A version of a dataset.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">The version; null for the newest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NotFoundException">There is none.</exception>
    public async Task<DatasetDetail> GetAsync(string name, int? version = null, CancellationToken cancellationToken = default)
    {
        var dataset = await OpenAsync(name, version, cancellationToken);
        var (schema, counts) = (dataset.Schema, new int[dataset.Classes.Count, Math.Max(1, dataset.Schema.Parts.Count)]);
        for (var index = 0; index < dataset.Count; index++)
        {
            counts[dataset.Labels[index], schema.Parts.Count > 0 ? dataset.Parts[index] : 0]++;
        }
        var classes = schema.Classes.Select((label, c) =>
        {
            int[] parts = [.. Enumerable.Range(0, counts.GetLength(1)).Select(part => counts[c, part])];
            return new ClassCount(label, parts.Sum(), schema.Parts.Count > 0 ? parts : []);
        }).ToList();
        var versions = await queries.VersionsAsync(name, cancellationToken);
        var row = versions.FirstOrDefault(v => v.Version == dataset.Version && v.Fingerprint == dataset.Fingerprint);
        var (problems, problemCounts) = row is null ? ([], new Dictionary<DatasetProblemKind, int>()) : await queries.ProblemsAsync(row.Id, cancellationToken: cancellationToken);
        return new DatasetDetail(
            new DatasetSummary(dataset.Name, dataset.Version, dataset.Fingerprint, schema, row?.CreatedAt), classes, row?.Bytes, problems, problemCounts, versions);
    }

    /// <summary>Pictures of a version.</summary>
    /// <param name="name">The dataset's name.</param>
    /// <param name="version">The version; null for the newest.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="offset">How many are passed over.</param>
    /// <param name="limit">How many are given at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The pictures, and how many there are without offset and limit.</returns>
    /// <exception cref="NotFoundException">There is no such dataset, version, class or part.</exception>
    public async Task<(int Total, IReadOnlyList<PictureLine> Pictures)> PicturesAsync(
        string name, int? version, PictureFilter filter, int offset, int limit, CancellationToken cancellationToken = default)
    {
        var dataset = await OpenAsync(name, version, cancellationToken);
        var row = await queries.FindAsync(name, dataset.Version, cancellationToken);
        var ids = filter.Sha256 is { } sha256 ? await SameAsync(row, sha256, cancellationToken) : Ids(dataset, filter);
        int[] page = [.. ids.Skip(offset).Take(limit)];
        var items = row is null ? [] : (await queries.ItemsAsync(row.Id, page, cancellationToken)).ToDictionary(item => item.Index);
        return (ids.Length, [.. page.Select(id => Line(dataset, id, items.GetValueOrDefault(id)))]);
    }

    /// <summary>A small version of a picture.</summary>
    /// <returns>The file, and its media type.</returns>
    /// <exception cref="NotFoundException">There is no such picture.</exception>
    public async Task<(byte[] File, string Type)> ThumbnailAsync(string name, int? version, int id, CancellationToken cancellationToken = default)
    {
        var dataset = await OpenAsync(name, version, cancellationToken);
        if (id < 0 || id >= dataset.Count)
        {
            throw new NotFoundException($"'{name}' has no picture {id}; they are 0 to {dataset.Count - 1}.");
        }
        return await Task.Run(() => Shrink(dataset.Read(id, ThumbnailSide)), cancellationToken);
    }

    /// <summary>A picture by lot, as an example: from the test part, or else from the part for validation, or else from all.</summary>
    /// <param name="name">The dataset's name.</param>
    /// <param name="version">The version.</param>
    /// <param name="fingerprint">What it must hold.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NotFoundException">There is no such version any more, or it holds other pictures.</exception>
    /// <exception cref="DatasetException">The picture is missing or damaged.</exception>
    public async Task<ExamplePicture> ExampleAsync(string name, int version, string fingerprint, CancellationToken cancellationToken = default)
    {
        var dataset = await OpenAsync(name, version, cancellationToken);
        if (dataset.Fingerprint != fingerprint)
        {
            throw new NotFoundException($"Version {version} of the dataset '{name}' was removed; what has its name and number now holds other pictures.");
        }
        int[][] parts = [dataset.InPart(Dataset.TestPart), dataset.InPart(Dataset.ValidationPart), [.. Enumerable.Range(0, dataset.Count)]];
        var among = parts.First(part => part.Length > 0);
        var id = among[Random.Shared.Next(among.Length)];
        var (label, part) = Place(dataset, id);
        return new ExamplePicture(id, label, part, await Task.Run(() => dataset.ReadFile(id), cancellationToken));
    }

    /// <summary>A version of a dataset, opened.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    public async Task<Dataset> OpenAsync(string name, int? version, CancellationToken cancellationToken = default)
    {
        var number = version ?? (await queries.FindAsync(name, cancellationToken: cancellationToken))?.Version;
        var dataset = await catalog.FindAsync(name, number, cancellationToken)
            ?? throw new NotFoundException(version is null ? $"There is no dataset named '{name}'." : $"There is no version {version} of a dataset named '{name}'.");
        // The catalog lets go of what nothing uses; a page asks for one thumbnail after the other.
        _recent[Math.Abs(dataset.Fingerprint.GetHashCode(StringComparison.Ordinal) % _recent.Length)] = dataset;
        return dataset;
    }

    private static int[] Ids(Dataset dataset, PictureFilter filter)
    {
        var c = filter.Class is null ? -1 : Index(dataset.Classes, filter.Class, "class", dataset.Name);
        var part = filter.Part is null ? -1 : Index(dataset.Schema.Parts, filter.Part, "part", dataset.Name);
        return [.. Enumerable.Range(0, dataset.Count).Where(id => (c < 0 || dataset.Labels[id] == c) && (part < 0 || dataset.Parts[id] == part))];
    }

    private static int Index(IReadOnlyList<string> names, string name, string what, string dataset) =>
        names.ToList().IndexOf(name) is >= 0 and var index
            ? index
            : throw new NotFoundException($"'{dataset}' has no {what} '{name}'.");

    private async Task<int[]> SameAsync(DatasetVersion? row, string sha256, CancellationToken cancellationToken) =>
        row is not null && sha256.Length == 64 && sha256.All(char.IsAsciiHexDigit) ? await queries.SameAsync(row.Id, Convert.FromHexString(sha256), cancellationToken) : [];

    private static (string Class, string? Part) Place(Dataset dataset, int id) =>
        (dataset.Classes[dataset.Labels[id]], dataset.Schema.Parts.Count > 0 ? dataset.Schema.Parts[dataset.Parts[id]] : null);

    private static PictureLine Line(Dataset dataset, int id, DatasetItem? item)
    {
        var ((label, part), images) = (Place(dataset, id), dataset.Schema.Images);
        return new(id, label, part, item?.Path, item?.Width ?? images.Width, item?.Height ?? images.Height, item?.Bytes);
    }

    private static (byte[] File, string Type) Shrink(Pixels pixels)
    {
        using var full = pixels.ToBitmap();
        var scale = ThumbnailSide / (float)Math.Max(pixels.Width, pixels.Height);
        if (scale >= 1)
        {
            // Small pictures are shown pixel by pixel.
            using var png = full.Encode(SKEncodedImageFormat.Png, 100);
            return (png.ToArray(), "image/png");
        }
        var info = full.Info.WithSize(Math.Max(1, (int)MathF.Round(pixels.Width * scale)), Math.Max(1, (int)MathF.Round(pixels.Height * scale)));
        using var small = full.Resize(info, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using var webp = small.Encode(SKEncodedImageFormat.Webp, Quality);
        return (webp.ToArray(), "image/webp");
    }
}
