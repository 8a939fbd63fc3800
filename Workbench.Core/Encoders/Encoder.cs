using System.Security.Cryptography;
using Workbench.Core.Datasets;
using Workbench.Core.Models;

namespace Workbench.Core.Encoders;

/// <summary>
/// A pretrained, frozen network that turns a prepared picture into features. It is read when it is first used, and stays. Safe for use by
/// several threads.
/// </summary>
public abstract class Encoder : IDisposable
{
    private readonly Lazy<(string Hash, OnnxModel Network)> _loaded;

    /// <summary>Reads nothing yet.</summary>
    protected Encoder() => _loaded = new(() =>
    {
        var file = ToOnnx();
        return (Convert.ToHexStringLower(SHA256.HashData(file)), new OnnxModel(file));
    });

    /// <summary>The name that users know it by, for example <c>glyphs</c>.</summary>
    public abstract string Name { get; }

    /// <summary>One line for the launch dialog.</summary>
    public abstract string Description { get; }

    /// <summary>Whether it is the one to propose for a dataset; of several the first that is registered is.</summary>
    public abstract bool Suits(DatasetSchema schema);

    /// <summary>How its pictures are prepared.</summary>
    public abstract PreparationSettings Preparation { get; }

    /// <summary>How many pictures at a time take the least time each.</summary>
    public abstract int BatchSize { get; }

    /// <summary>SHA-256 of its ONNX file, in lower-case hexadecimal digits: features of one hash can be exchanged for each other.</summary>
    public string Hash => _loaded.Value.Hash;

    /// <summary>The network: prepared pictures in, features out.</summary>
    public OnnxModel Network => _loaded.Value.Network;

    /// <summary>Numbers it makes of a picture.</summary>
    public int Features => Network.OutputSize;

    /// <summary>The ONNX file, input <c>image</c>, output <c>features</c>; the same bytes each time.</summary>
    /// <exception cref="EncoderException">A file that comes with the program is missing or damaged.</exception>
    public abstract byte[] ToOnnx();

    /// <summary>The features of many pictures, computed with several cores, a batch a core at a time.</summary>
    /// <param name="count">How many.</param>
    /// <param name="prepare">Writes the prepared picture of a number, from 0 on, to the memory. Called by several threads.</param>
    /// <param name="features">Receives <paramref name="count"/> × <see cref="Features"/> numbers.</param>
    /// <param name="threads">The most cores, at least 1.</param>
    /// <param name="progress">Told how many pictures more are done, by several threads.</param>
    /// <param name="cancellationToken">Looked at before every batch.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Encode(
        int count, Action<int, Memory<float>> prepare, Memory<float> features, int threads, Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        var network = Network;
        var batches = (count + BatchSize - 1) / BatchSize;
        var next = -1;
        // On threads of their own: the work may take minutes, and the pool has requests to answer.
        var workers = Enumerable.Range(0, Math.Clamp(threads, 1, Math.Max(1, batches))).Select(_ => Task.Factory.StartNew(
            Work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Task.WhenAll(workers).GetAwaiter().GetResult();

        void Work()
        {
            var inputs = new float[BatchSize * network.InputSize];
            for (int batch; (batch = Interlocked.Increment(ref next)) < batches;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var first = batch * BatchSize;
                var size = Math.Min(BatchSize, count - first);
                for (var i = 0; i < size; i++)
                {
                    prepare(first + i, inputs.AsMemory(i * network.InputSize, network.InputSize));
                }
                network.Run(inputs.AsMemory(0, size * network.InputSize), features.Slice(first * network.OutputSize, size * network.OutputSize));
                progress?.Invoke(size);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_loaded.IsValueCreated)
        {
            Network.Dispose();
        }
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads a file that comes with the program.</summary>
    private protected static T Read<T>(string path, Func<byte[], T> parse)
    {
        try
        {
            return parse(File.ReadAllBytes(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new EncoderException($"The encoder {path} cannot be read: {failure.Message}", failure);
        }
    }
}

/// <summary>An encoder that can't be used; the message names its file.</summary>
public sealed class EncoderException(string message, Exception inner) : Exception(message, inner);
