using System.Diagnostics;
using Workbench.Core.Telemetry;

namespace Workbench.Core.Serving;

/// <summary>
/// Takes images that come at the same time through a network together. No image waits for others to come: a batch is what has gathered while
/// the ones before it were computed.
/// </summary>
internal sealed class BatchingModel(ServedNetwork network) : IThreadPoolWorkItem
{
    // A core computes one image of a batch after the other, each in the same time: a batch only saves calls. With few images to a batch,
    // the requests of one are read and answered while the next is computed (measured at 8 connections on 2 cores: 4 are a fifth faster than 8).
    private const int MostSmallImages = 4;
    private const int SmallImage = 3 * 64 * 64;
    private static readonly int MostBatches = Environment.ProcessorCount;

    private readonly int _mostImages = network.InputSize <= SmallImage ? MostSmallImages : 1;
    private readonly Lock _gate = new();
    private readonly Queue<Request> _waiting = [];
    private int _batches;

    /// <summary>The probability of each class, in the order of the manifest's classes.</summary>
    /// <param name="image">As the model's preparation makes it.</param>
    public Task<float[]> PredictAsync(float[] image)
    {
        if (image.Length != network.InputSize)
        {
            throw new ArgumentException($"An image has {network.InputSize} numbers, not {image.Length}.", nameof(image));
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
        var batch = new List<Request>(_mostImages);
        lock (_gate)
        {
            while (batch.Count < _mostImages && _waiting.TryDequeue(out var request))
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
            var images = batch.Count == 1 ? batch[0].Image : Join(batch);
            var probabilities = network.Run(images, batch.Count);
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

    private float[] Join(List<Request> batch)
    {
        var images = new float[batch.Count * network.InputSize];
        for (var i = 0; i < batch.Count; i++)
        {
            batch[i].Image.CopyTo(images.AsSpan(i * network.InputSize));
        }
        return images;
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

    private sealed class Request(float[] image)
    {
        public long QueuedAt { get; } = Stopwatch.GetTimestamp();

        public ActivityContext Origin { get; } = Activity.Current?.Context ?? default;

        public float[] Image => image;

        public TaskCompletionSource<float[]> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
