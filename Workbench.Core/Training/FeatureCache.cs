using System.Collections.Concurrent;
using TorchSharp;
using Workbench.Core.Datasets;
using static TorchSharp.torch;

namespace Workbench.Core.Training;

/// <summary>The features of whole data sets, computed once, kept in memory for all trainings and on disk for the next start.</summary>
/// <param name="folder">Where files are kept; created when missing.</param>
public sealed class FeatureCache(string folder) : IDisposable
{
    private const int ImagesAtOnce = 50;

    private readonly ConcurrentDictionary<(string Backbone, string Dataset), Entry> _entries = new();

    private sealed class Entry
    {
        private readonly List<IProgress<double>> _listeners = [];

        public SemaphoreSlim Gate { get; } = new(1);

        public volatile Features? Features;

        public void Listen(IProgress<double> listener)
        {
            lock (_listeners)
                _listeners.Add(listener);
        }

        public void Leave(IProgress<double> listener)
        {
            lock (_listeners)
                _listeners.Remove(listener);
        }

        public void Report(Func<double> done)
        {
            lock (_listeners)
            {
                var share = done();
                foreach (var listener in _listeners)
                    listener.Report(share);
            }
        }
    }

    /// <summary>
    /// The features, from memory or disk, or else computed with all cores. Who asks while another computes waits for him, and
    /// starts over himself should the other be cancelled.
    /// </summary>
    /// <param name="dataset">The images.</param>
    /// <param name="backbone">What makes features of them.</param>
    /// <param name="progress">Told the share done, 0…1, while this or another caller computes.</param>
    /// <param name="ct">Ends the waiting and the computing.</param>
    internal Features Get(Dataset dataset, Backbone backbone, IProgress<double>? progress, CancellationToken ct)
    {
        var entry = _entries.GetOrAdd((backbone.Hash, dataset.Fingerprint), _ => new Entry());
        if (entry.Features is { } ready)
            return ready;
        if (progress is not null)
            entry.Listen(progress);
        try
        {
            entry.Gate.Wait(ct);
            try
            {
                return entry.Features ??= LoadOrCompute(dataset, backbone, entry, ct);
            }
            finally
            {
                entry.Gate.Release();
            }
        }
        finally
        {
            if (progress is not null)
                entry.Leave(progress);
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

    private Features LoadOrCompute(Dataset dataset, Backbone backbone, Entry entry, CancellationToken ct)
    {
        var file = new FeatureFile(Path.Combine(folder, $"{backbone.Hash}-{dataset.Fingerprint}.safetensors"));
        using var scope = NewDisposeScope();
        var values = empty(dataset.Count, backbone.Features);
        if (!file.TryRead(values))
        {
            Compute(dataset, backbone, values, entry, ct);
            file.Write(values);
        }
        return new Features(values.DetachFromDisposeScope());
    }

    private static void Compute(Dataset dataset, Backbone backbone, Tensor values, Entry entry, CancellationToken ct)
    {
        var batches = (dataset.Count + ImagesAtOnce - 1) / ImagesAtOnce;
        var (next, done) = (-1, 0);
        // One batch a core scales better than all cores at one batch, which wait for each other at every layer. On threads of their own:
        // libtorch keeps memory for every thread that ever used it, and the pool would bring many.
        var workers = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Factory.StartNew(
            Work, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Task.WhenAll(workers).GetAwaiter().GetResult();

        void Work()
        {
            set_num_threads(1);
            using var inference = inference_mode();
            for (int batch; (batch = Interlocked.Increment(ref next)) < batches;)
            {
                ct.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var first = batch * ImagesAtOnce;
                var count = Math.Min(ImagesAtOnce, dataset.Count - first);
                var images = ImageBatch.Gather(dataset, arange(first, first + count, ScalarType.Int64));
                values.narrow(0, first, count).copy_(backbone.Convolutions.Forward(images));
                entry.Report(() => (double)++done / batches);
            }
        }
    }
}
