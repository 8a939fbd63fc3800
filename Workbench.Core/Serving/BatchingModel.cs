using System.Diagnostics;
using Workbench.Core.Datasets;
using Workbench.Core.Telemetry;
using Workbench.Core.Training;

namespace Workbench.Core.Serving;

/// <summary>
/// Takes images that come at the same time through a model together, which costs a third of one by one. No image waits for
/// others to come: a batch is what has gathered while the ones before it were computed.
/// </summary>
internal sealed class BatchingModel(InferenceModel network) : IThreadPoolWorkItem
{
    // Larger batches no longer fit the processor's cache, and an image costs more again.
    private const int MostImages = 8;

    // A batch computes on one core. The others are for what comes before and after it.
    private static readonly int MostBatches = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly Lock _gate = new();
    private readonly Queue<Request> _waiting = [];
    private int _batches;

    /// <summary>What the model is.</summary>
    public ModelManifest Manifest => network.Manifest;

    /// <summary>The probability of each class, in the order of the manifest's classes.</summary>
    /// <param name="image">28×28 bytes.</param>
    public Task<float[]> PredictAsync(ReadOnlyMemory<byte> image)
    {
        if (image.Length != MnistFrame.Pixels)
        {
            throw new ArgumentException($"An image has {MnistFrame.Pixels} bytes, not {image.Length}.", nameof(image));
        }
        var request = new Request(image);
        lock (_gate)
        {
            _waiting.Enqueue(request);
            if (_batches == MostBatches)
            {
                return request.Answer.Task;
            }
            _batches++;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return request.Answer.Task;
    }

    /// <summary>Called by the thread pool.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        while (Gather() is { Count: > 0 } batch)
        {
            Answer(batch);
        }
    }

    private List<Request> Gather()
    {
        var batch = new List<Request>(MostImages);
        lock (_gate)
        {
            while (batch.Count < MostImages && _waiting.TryDequeue(out var request))
            {
                batch.Add(request);
            }
            if (batch.Count == 0)
            {
                _batches--;
            }
        }
        return batch;
    }

    private void Answer(List<Request> batch)
    {
        using var span = Observe(batch);
        try
        {
            var images = new byte[batch.Count * MnistFrame.Pixels];
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Image.Span.CopyTo(images.AsSpan(i * MnistFrame.Pixels));
            }
            var probabilities = network.Predict(images);
            var classes = probabilities.Length / batch.Count;
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Answer.SetResult(probabilities[(i * classes)..((i + 1) * classes)]);
            }
        }
        catch (Exception failure)
        {
            Spans.Fail(span, failure);
            batch.ForEach(request => request.Answer.TrySetException(failure));
        }
    }

    /// <summary>One span for the batch: below the request that came first, with links to the others.</summary>
    private static Activity? Observe(List<Request> batch)
    {
        Instruments.BatchSize.Record(batch.Count);
        if (Instruments.QueueDuration.Enabled)
        {
            batch.ForEach(request => Instruments.QueueDuration.Record(Stopwatch.GetElapsedTime(request.QueuedAt).TotalSeconds));
        }
        return Spans.Source.HasListeners()
            ? Spans.Source.StartActivity(
                "infer", ActivityKind.Internal, batch[0].Origin, [new("workbench.batch.size", batch.Count)], batch.Skip(1).Select(request => new ActivityLink(request.Origin)))
            : null;
    }

    private sealed class Request(ReadOnlyMemory<byte> image)
    {
        public long QueuedAt { get; } = Stopwatch.GetTimestamp();

        public ActivityContext Origin { get; } = Activity.Current?.Context ?? default;

        public ReadOnlyMemory<byte> Image => image;

        public TaskCompletionSource<float[]> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
