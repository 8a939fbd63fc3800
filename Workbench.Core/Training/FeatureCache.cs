using System.Collections.Concurrent;
using TorchSharp;
using Workbench.Core.Datasets;
using Workbench.Core.Encoders;
using Workbench.Core.Platform;
using static TorchSharp.torch;

namespace Workbench.Core.Training;

/// <summary>
/// The features of whole datasets: computed once by all processes together, kept in memory for all trainings, on disk for the next start,
/// and in the exchange for other machines.
/// </summary>
/// <param name="folder">Where files are kept; created when missing.</param>
/// <param name="extraction">Computes what is nowhere.</param>
public sealed class FeatureCache(string folder, FeatureExtraction extraction) : IDisposable
{
    private readonly ConcurrentDictionary<(string Encoder, string Dataset), Entry> _entries = new();

    private sealed class Entry
    {
        private readonly List<IProgress<double>> _listeners = [];

        public SemaphoreSlim Gate { get; } = new(1);

        public volatile Features? Features;

        public void Listen(IProgress<double> listener)
        {
            lock (_listeners)
            {
                _listeners.Add(listener);
            }
        }

        public void Leave(IProgress<double> listener)
        {
            lock (_listeners)
            {
                _listeners.Remove(listener);
            }
        }

        public void Report(double share)
        {
            lock (_listeners)
            {
                foreach (var listener in _listeners)
                {
                    listener.Report(share);
                }
            }
        }
    }

    /// <summary>
    /// The features, from memory or disk, or else computed. A caller that asks while another has them computed waits for it, and starts
    /// over should the other be cancelled.
    /// </summary>
    /// <param name="dataset">The pictures.</param>
    /// <param name="encoder">What makes features of them.</param>
    /// <param name="progress">Told the share done, 0…1, while they are computed for this or another caller.</param>
    /// <param name="ct">Ends the waiting and the computing.</param>
    internal Features Get(Dataset dataset, Encoder encoder, IProgress<double>? progress, CancellationToken ct)
    {
        var entry = _entries.GetOrAdd((encoder.Hash, dataset.Fingerprint), _ => new Entry());
        if (entry.Features is { } ready)
        {
            return ready;
        }
        if (progress is not null)
        {
            entry.Listen(progress);
        }
        try
        {
            entry.Gate.Wait(ct);
            try
            {
                return entry.Features ??= LoadOrCompute(dataset, encoder, entry, ct);
            }
            finally
            {
                entry.Gate.Release();
            }
        }
        finally
        {
            if (progress is not null)
            {
                entry.Leave(progress);
            }
        }
    }

    /// <summary>Frees the features held in memory. No training may be under way.</summary>
    public void Dispose()
    {
        foreach (var entry in _entries.Values)
        {
            entry.Features?.Dispose();
            entry.Gate.Dispose();
        }
        _entries.Clear();
    }

    private Features LoadOrCompute(Dataset dataset, Encoder encoder, Entry entry, CancellationToken ct)
    {
        var file = new FeatureFile(Path.Combine(folder, DerivedFiles.FeaturesFile(encoder.Hash, dataset.Fingerprint)));
        LibTorch.EnsureLoaded();
        using var scope = NewDisposeScope();
        var values = empty(dataset.Count, encoder.Features);
        if (!file.TryRead(values))
        {
            extraction.Run(dataset, encoder, (first, part) => part.CopyTo(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(values.bytes)[first..]), entry.Report, ct);
            file.Write(values);
        }
        return new Features(values.DetachFromDisposeScope());
    }
}
