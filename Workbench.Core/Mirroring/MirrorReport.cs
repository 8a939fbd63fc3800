using Microsoft.Extensions.Options;
using Workbench.Core.Tracking.Mirrors;

namespace Workbench.Core.Mirroring;

/// <summary>Tells how the mirroring stands, whichever process does it.</summary>
public sealed class MirrorReport(IOptions<MirrorOptions> options, MirrorStore store, TimeProvider clock)
{
    /// <summary>The header of all requests to the server that tells who asks, by which a workbench recognises its own.</summary>
    public const string OriginHeader = "Workbench-Origin";

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>The server that is mirrored to; null for none.</summary>
    public Uri? Server => options.Value.Server;

    /// <summary>Whether this workbench is who asks.</summary>
    /// <param name="origin">What stands in <see cref="OriginHeader"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> IsOwnAsync(string? origin, CancellationToken cancellationToken = default) =>
        Guid.TryParse(origin, out var id) && await store.OwnAsync(cancellationToken) == id;

    /// <summary>How it stands; null before a process with this server has begun.</summary>
    public async Task<MirrorStatus?> ReadAsync(CancellationToken cancellationToken = default) =>
        Server is { } server ? await store.StatusAsync(server.AbsoluteUri, cancellationToken) : null;

    /// <summary>The page of a study, or of one of its runs, on the server; null when it has none.</summary>
    /// <param name="study">The study.</param>
    /// <param name="run">The run; null for the study.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Uri?> PageAsync(long study, long? run = null, CancellationToken cancellationToken = default) =>
        Server is not { } server ? null : await store.RemoteAsync(server.AbsoluteUri, study, run, cancellationToken) switch
        {
            ({ } experiment, { } remote) => new Uri(server, $"#/experiments/{experiment}/runs/{remote}"),
            ({ } experiment, null) when run is null => new Uri(server, $"#/experiments/{experiment}"),
            _ => null,
        };

    /// <summary>Waits until everything is sent, something hinders it, or the time is over.</summary>
    /// <returns>What is still to be sent, in a sentence; null for nothing.</returns>
    public async Task<string?> FinishAsync(TimeSpan limit, CancellationToken cancellationToken = default)
    {
        for (var began = clock.GetTimestamp(); Server is not null;)
        {
            var status = await ReadAsync(cancellationToken);
            if (status is { IsItself: true } or { Trouble: null, Waiting: 0 })
            {
                break;
            }
            if (status?.Trouble is not null || clock.GetElapsedTime(began) > limit)
            {
                var what = status?.Waiting is { } waiting ? $"{waiting} studies, runs or versions are" : "What is new is";
                return $"{what} not on {Server} yet. {status?.Trouble ?? "It takes its time."} The next process with this setting sends the rest.";
            }
            await Task.Delay(LookInterval, clock, cancellationToken);
        }
        return null;
    }
}
