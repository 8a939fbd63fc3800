using System.Diagnostics;
using System.Security.Cryptography;
using Workbench.Core.Access;
using Workbench.Core.Artifacts;
using Workbench.Core.Audit;
using Workbench.Core.Datasets.Formats;
using Workbench.Core.Text;
using Workbench.Core.Tracking;

namespace Workbench.Core.Datasets;

/// <summary>
/// Imports pictures as a version of a dataset: all of them or nothing. The version is written in one transaction when every picture is in the
/// artifact store; what an import that died has left there is removed later.
/// </summary>
public sealed class DatasetImporter(
    DatasetStore store, DatasetQueries queries, DatasetPacks packs, IArtifactStore artifacts, PackCache cache, IEnumerable<IDatasetFormat> formats,
    IEnumerable<IDatasetSource> sources, ImportsUnderWay underWay)
{
    private const int BatchPictures = 64;
    private const int BatchBytes = 24 << 20;

    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Imports pictures.</summary>
    /// <param name="name">The dataset's name, by the rules for the names of studies; under one that exists it is the next version.</param>
    /// <param name="source">The files.</param>
    /// <param name="progress">Is told how far it is, some times a second.</param>
    /// <param name="cancellationToken">Gives up; nothing is imported then.</param>
    /// <returns>The version: a new one, or the one that has the same contents.</returns>
    /// <exception cref="FieldException">The name is wrong, or the files are no dataset; nothing was imported.</exception>
    /// <exception cref="ConflictException">The name is that of a dataset that comes with the program.</exception>
    public async Task<AddedVersion> ImportAsync(
        string name, FileSource source, IProgress<ImportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Actor.Current.Require(Scope.Write);
        DatasetName.Require(name);
        await RequireFreeAsync(name, cancellationToken);
        var id = Guid.NewGuid();
        try
        {
            return await ImportAsync(id, name, source, progress, cancellationToken);
        }
        catch (DatasetException exception)
        {
            throw new FieldException("file", exception.Message);
        }
        finally
        {
            underWay.End(id);
        }
    }

    private async Task<AddedVersion> ImportAsync(
        Guid id, string name, FileSource source, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var found = formats.Select(format => format.Find(source.Files)).FirstOrDefault(found => found is not null)
            ?? throw new FieldException("file",
                $"{source.Name} holds no pictures with classes. Put the pictures of each class into a folder named as the class, or add a CSV file with the columns file,label.");
        var known = await KnownAsync(name, cancellationToken);
        var (items, problems) = (new List<(FoundPicture Picture, Inspected Facts, int Pack, int Offset)>(), new List<DatasetProblem>());
        problems.AddRange(source.Refused.Select(refused => Unreadable(refused.Path, refused.Reason)));
        await using var writer = new PackWriter(packs, artifacts, cache);
        var watch = Stopwatch.StartNew();
        var (bytes, reported) = (0L, TimeSpan.Zero);
        var (seen, lookedAt, drawn) = (0, 0, 0);
        foreach (var batch in Batches(found.Pictures))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var inspected = new Inspected[batch.Count];
            Parallel.For(0, batch.Count, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
                at => inspected[at] = Inspect(batch[at].Picture, batch[at].File, batch[at].Fault, known, DrawnPictures.LooksAt(seen + at, found.Count)));
            seen += batch.Count;
            foreach (var (at, (picture, file, _)) in batch.Index())
            {
                bytes += file.Length;
                if (inspected[at] is { Fault: { } fault })
                {
                    problems.Add(Unreadable(picture.Path, fault));
                    continue;
                }
                var (pack, offset) = inspected[at].Known is null ? await writer.AddAsync(inspected[at].Sha256, file, cancellationToken) : default;
                items.Add((picture, inspected[at], pack, offset));
                lookedAt += inspected[at].Drawn is null ? 0 : 1;
                drawn += inspected[at].Drawn is true ? 1 : 0;
            }
            if (watch.Elapsed - reported > ReportInterval || reported == TimeSpan.Zero)
            {
                reported = watch.Elapsed;
                var now = new ImportProgress(name, items.Count + problems.Count, found.Count, bytes, watch.Elapsed);
                progress?.Report(now);
                underWay.Report(id, now);
            }
        }
        await writer.CompleteAsync(cancellationToken);
        var contents = Contents(items, writer, DrawnPictures.IsDrawn(drawn, lookedAt));
        var version = contents.ToVersion($"imported from {source.Name}");
        problems.AddRange(contents.Problems());
        var added = await store.AddAsync(name, version, contents.Items, problems, cancellationToken);
        if (added.Created)
        {
            writer.Use();
        }
        return added;
    }

    private async Task RequireFreeAsync(string name, CancellationToken cancellationToken)
    {
        foreach (var source in sources.Where(source => source is not ImportedDatasets))
        {
            if ((await source.ListAsync(cancellationToken)).Any(dataset => dataset.Name == name))
            {
                throw new ConflictException($"'{name}' comes with the program and can't be changed. Choose another name.");
            }
        }
    }

    // The pictures of the newest version: they are in the store, and were looked at.
    private async Task<Dictionary<UInt128, DatasetItem>> KnownAsync(string name, CancellationToken cancellationToken)
    {
        var known = new Dictionary<UInt128, DatasetItem>();
        if (await queries.FindAsync(name, cancellationToken: cancellationToken) is { } newest)
        {
            foreach (var item in await queries.ItemsAsync(newest.Id, cancellationToken))
            {
                known.TryAdd(BitConverter.ToUInt128(item.Sha256), item);
            }
        }
        return known;
    }

    // Read one after the other, as an archive has to be; some at a time, that memory does not grow with the set.
    private static IEnumerable<List<(FoundPicture Picture, byte[] File, string? Fault)>> Batches(IEnumerable<FoundPicture> pictures)
    {
        var batch = new List<(FoundPicture, byte[], string?)>();
        var bytes = 0;
        foreach (var picture in pictures)
        {
            byte[] file = [];
            string? fault = null;
            try
            {
                file = picture.Read();
            }
            catch (DatasetException exception)
            {
                fault = exception.Message;
            }
            batch.Add((picture, file, fault));
            bytes += file.Length;
            if (batch.Count == BatchPictures || bytes > BatchBytes)
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }
        }
        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private static Inspected Inspect(FoundPicture picture, byte[] file, string? fault, Dictionary<UInt128, DatasetItem> known, bool look)
    {
        fault ??= TextRule.LineFault("The name of its class", picture.Class, TextRule.MostNameCharacters);
        if (fault is not null)
        {
            return new Inspected([], null, null, fault);
        }
        try
        {
            var sha256 = SHA256.HashData(file);
            var inspected = known.TryGetValue(BitConverter.ToUInt128(sha256), out var item) && item.Sha256.AsSpan().SequenceEqual(sha256)
                ? new Inspected(sha256, new PictureFacts(item.Width, item.Height, item.Channels), item, null)
                : new Inspected(sha256, PictureDecoder.Inspect(file), null, null) { Length = file.Length };
            return look ? inspected with { Drawn = DrawnPictures.IsDrawn(file) } : inspected;
        }
        catch (DatasetException exception)
        {
            return new Inspected([], null, null, exception.Message);
        }
    }

    private static DatasetContents Contents(List<(FoundPicture Picture, Inspected Facts, int Pack, int Offset)> items, PackWriter writer, bool drawn)
    {
        var classes = DatasetContents.InOrder(items.Select(item => item.Picture.Class));
        string[] parts = [.. ((string[])[Dataset.TrainPart, Dataset.ValidationPart, Dataset.TestPart]).Intersect(items.Select(item => item.Picture.Part).OfType<string>())];
        var classIndex = classes.Index().ToDictionary(c => c.Item, c => c.Index);
        return new DatasetContents(classes, parts,
        [
            .. items.OrderBy(item => item.Picture.Path, StringComparer.Ordinal).Select((item, index) => new DatasetItem
            {
                Index = index,
                Sha256 = item.Facts.Sha256,
                Class = classIndex[item.Picture.Class],
                // What a table says nothing of is trained on.
                Part = (short)Math.Max(0, Array.IndexOf(parts, item.Picture.Part ?? Dataset.TrainPart)),
                Path = TextRule.Storable(item.Picture.Path),
                Width = item.Facts.Picture!.Width,
                Height = item.Facts.Picture.Height,
                Channels = (short)item.Facts.Picture.Channels,
                Bytes = item.Facts.Known?.Bytes ?? item.Facts.Length,
                PackId = item.Facts.Known?.PackId ?? writer.PackId(item.Pack),
                Offset = item.Facts.Known?.Offset ?? item.Offset,
            }),
        ],
        drawn);
    }

    private static DatasetProblem Unreadable(string path, string reason) =>
        new() { Kind = DatasetProblemKind.Unreadable, Message = TextRule.Storable(reason), Subject = TextRule.Storable(path) };

    private sealed record Inspected(byte[] Sha256, PictureFacts? Picture, DatasetItem? Known, string? Fault)
    {
        public int Length { get; init; }

        // Null where it was not looked at.
        public bool? Drawn { get; init; }
    }
}
