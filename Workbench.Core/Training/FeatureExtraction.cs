using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Workbench.Core.Datasets;
using Workbench.Core.Encoders;
using Workbench.Core.Models;
using Workbench.Core.Preparations;

namespace Workbench.Core.Training;

/// <summary>
/// Computes the features of a dataset, part by part, with all cores. Processes that do so at the same time share the parts out among
/// themselves; what one that dies has finished is not computed again.
/// </summary>
/// <param name="preparations">Makes of pictures what encoders take.</param>
/// <param name="exchange">Where processes leave parts for each other; null for a process on its own.</param>
public sealed class FeatureExtraction(PreparationCatalog preparations, IFeatureExchange? exchange)
{
    // A part takes a few seconds: so much is lost with a process that dies, and so long others may wait for it.
    private const int NumbersAtOnce = 4 << 20;
    private const int FewestPictures = 256;

    private const string TensorName = "features";
    private const string ChecksumEntry = "sha256";

    /// <summary>Takes the part that begins at a place of the features of all pictures.</summary>
    internal delegate void PartReceiver(int first, ReadOnlySpan<float> part);

    /// <summary>Computes features, or takes what others have computed.</summary>
    /// <param name="dataset">The pictures.</param>
    /// <param name="encoder">What makes features of them.</param>
    /// <param name="take">Given each part once, as they come.</param>
    /// <param name="report">Told the share done, 0…1, one call at a time.</param>
    /// <param name="ct">Looked at before every batch.</param>
    internal void Run(Dataset dataset, Encoder encoder, PartReceiver take, Action<double> report, CancellationToken ct)
    {
        var work = new Work(dataset, encoder, preparations.Create(encoder.Preparation), report);
        var size = Math.Max(FewestPictures, NumbersAtOnce / encoder.Network.InputSize);
        List<int> missing = [.. Enumerable.Range(0, (dataset.Count + size - 1) / size)];
        // First what no other process is at; then what others were at, should they have died.
        foreach (var wait in (bool[])[false, true])
        {
            missing.RemoveAll(part => TryGet(work, part * size, Math.Min(size, dataset.Count - part * size), wait, ct) is { } features && Taken(part * size, features));
        }

        bool Taken(int first, float[] features)
        {
            take(first * encoder.Features, features);
            return true;
        }
    }

    /// <returns>Null when another process computes the part.</returns>
    private float[]? TryGet(Work work, int first, int count, bool wait, CancellationToken ct)
    {
        if (exchange is null)
        {
            return work.Compute(first, count, ct);
        }
        var key = DerivedFiles.FeaturesKey(work.Encoder.Hash, work.Dataset.Fingerprint, FormattableString.Invariant($"{first}-{count}.safetensors"));
        if (Find(work, key, count, ct) is { } found)
        {
            return found;
        }
        using var turn = exchange.TakeOn(key, wait, ct);
        if (turn is null)
        {
            return null;
        }
        // It may have been finished since.
        if (Find(work, key, count, ct) is { } finished)
        {
            return finished;
        }
        var features = work.Compute(first, count, ct);
        exchange.Leave(key, ToFile(features, count), ct);
        return features;
    }

    private float[]? Find(Work work, string key, int count, CancellationToken ct)
    {
        if (exchange!.Find(key, ct) is not { } file || Read(file, [count, work.Encoder.Features]) is not { } features)
        {
            return null;
        }
        work.Advance(count);
        return features;
    }

    private static byte[] ToFile(float[] features, int count) => new Safetensors(
        new Dictionary<string, Safetensors.Values> { [TensorName] = new([count, features.Length / count], features) },
        new Dictionary<string, string> { [ChecksumEntry] = Hash(features) }).ToBytes();

    /// <returns>Null when the file is damaged or of another shape, which is as good as none.</returns>
    private static float[]? Read(byte[] file, long[] shape)
    {
        try
        {
            var read = Safetensors.Read(file);
            return read.Tensors.TryGetValue(TensorName, out var values) && values.Shape.AsSpan().SequenceEqual(shape)
                && read.Metadata.GetValueOrDefault(ChecksumEntry) == Hash(values.Data) ? values.Data : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string Hash(float[] features) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(features.AsSpan())));

    private sealed class Work(Dataset dataset, Encoder encoder, Preparation preparation, Action<double> report)
    {
        private readonly Lock _gate = new();
        private int _done;

        public Dataset Dataset => dataset;

        public Encoder Encoder => encoder;

        public float[] Compute(int first, int count, CancellationToken ct)
        {
            var features = new float[count * encoder.Features];
            encoder.Encode(count, (i, to) => preparation.Prepare(dataset, first + i, to.Span), features, Environment.ProcessorCount, Advance, ct);
            return features;
        }

        public void Advance(int pictures)
        {
            lock (_gate)
            {
                report((double)(_done += pictures) / dataset.Count);
            }
        }
    }
}
