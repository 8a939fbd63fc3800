using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Workbench.Core.Pictures;
using Workbench.Core.Preparations;

namespace Workbench.Core.Serving;

/// <summary>
/// Prepares images for a model, as many at the same time as the memory that is set aside for it allows. What does not fit waits, and is
/// refused when it has waited too long. What fits does not wait for what does not: a digit passes a photograph.
/// </summary>
public sealed class ImagePreparer : IDisposable
{
    private const int Kilo = 1024;

    private readonly long _memory;
    private readonly TimeSpan _wait;
    private readonly ConcurrencyLimiter _free;

    /// <summary>Nothing is taken until there is a picture.</summary>
    public ImagePreparer(IOptions<PictureOptions> options)
    {
        _memory = (long)options.Value.Memory * Kilo * Kilo;
        _wait = options.Value.Wait;
        _free = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = options.Value.Memory * Kilo,
            QueueLimit = int.MaxValue,
            // The one that has just come has most of its time left; and this lets in what fits at once.
            QueueProcessingOrder = QueueProcessingOrder.NewestFirst,
        });
    }

    /// <summary>As <see cref="Preparation.Prepare(byte[])"/>.</summary>
    /// <param name="file">Can seek; is disposed of.</param>
    /// <param name="preparation">That of the model.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ImageException">It cannot be used; <see cref="ImageException.Fault"/> says why.</exception>
    /// <exception cref="PicturesBusyException">Others take all the memory.</exception>
    public async ValueTask<float[]> PrepareAsync(Stream file, Preparation preparation, CancellationToken cancellationToken = default)
    {
        using var picture = preparation.Open(file);
        if (picture.Memory > _memory)
        {
            throw new ImageException(ImageFault.TooManyPixels,
                $"The image has so many pixels that it takes {picture.Memory >> 20:N0} MiB to decode; {_memory >> 20:N0} MiB are set aside for pictures.");
        }
        // No more large pictures at once than processors: they would only all come later.
        var share = picture.IsLarge ? _memory / Environment.ProcessorCount : 0;
        using var lease = await TakeAsync(Math.Max(picture.Memory, share), cancellationToken);
        try
        {
            return preparation.Prepare(picture);
        }
        finally
        {
            if (picture.IsLarge)
            {
                NativeHeap.GiveBack();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private async ValueTask<RateLimitLease> TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        var kilobytes = (int)Math.Min(bytes / Kilo + 1, _memory / Kilo);
        var lease = _free.AttemptAcquire(kilobytes);
        if (lease.IsAcquired)
        {
            return lease;
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_wait);
        try
        {
            return await _free.AcquireAsync(kilobytes, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PicturesBusyException();
        }
    }
}

/// <summary>So many pictures are decoded at this moment that there is no memory for another.</summary>
public sealed class PicturesBusyException() : Exception("Too many large pictures came at the same time. Send this one again in a few seconds.");
