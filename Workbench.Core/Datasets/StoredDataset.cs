using Workbench.Core.Tracking;

namespace Workbench.Core.Datasets;

/// <summary>A version of a dataset that was imported. In memory are where its pictures are, and their classes: some dozens of bytes each.</summary>
internal sealed class StoredDataset : Dataset
{
    private readonly DatasetVersion _version;
    private readonly PackCache _cache;
    private readonly Dictionary<long, DatasetPack> _packs;
    private readonly (long Pack, int Offset, int Length)[] _places;

    public StoredDataset(DatasetVersion version, IReadOnlyList<DatasetItem> items, IReadOnlyList<DatasetPack> packs, PackCache cache)
    {
        (_version, _cache, _packs) = (version, cache, packs.ToDictionary(pack => pack.Id));
        Schema = SchemaOf(version);
        Labels = [.. items.Select(item => item.Class)];
        Parts = version.Parts.Length > 0 ? [.. items.Select(item => (byte)item.Part)] : [];
        _places = [.. items.Select(item => (item.PackId, item.Offset, item.Bytes))];
    }

    /// <summary>The primary key of the version.</summary>
    public long VersionId => _version.Id;

    /// <inheritdoc/>
    public override string Name => _version.Dataset.Name;

    /// <inheritdoc/>
    public override int Version => _version.Version;

    /// <inheritdoc/>
    public override string Fingerprint => _version.Fingerprint;

    /// <inheritdoc/>
    public override DatasetSchema Schema { get; }

    /// <inheritdoc/>
    public override int[] Labels { get; }

    /// <inheritdoc/>
    public override byte[] Parts { get; }

    /// <summary>What a version is.</summary>
    public static DatasetSchema SchemaOf(DatasetVersion version) => new(
        DatasetKind.Images, version.Count, version.Classes, version.Parts, new(version.Channels, version.Width, version.Height, version.SameSize, version.Drawn));

    /// <inheritdoc/>
    public override Pixels Read(int index, int shorterSide) => PictureDecoder.Decode(ReadFile(index), shorterSide, Schema.Images.Channels);

    /// <inheritdoc/>
    public override byte[] ReadFile(int index)
    {
        var (pack, offset, length) = _places[index];
        return _cache.Read(_packs[pack], offset, length);
    }
}
