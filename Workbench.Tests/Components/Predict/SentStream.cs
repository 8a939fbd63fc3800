using Microsoft.JSInterop;

namespace Workbench.Tests.Components.Predict;

/// <summary>A file as a browser sends it.</summary>
internal sealed class SentStream(byte[] file) : IJSStreamReference
{
    public long Length => file.Length;

    public ValueTask<Stream> OpenReadStreamAsync(long maxAllowedSize = 512000, CancellationToken cancellationToken = default) => new(new MemoryStream(file));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
