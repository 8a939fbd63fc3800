using Microsoft.Extensions.Options;

namespace Workbench.Core.Mirroring;

/// <summary>Asks the tracking server that is set whether it would take what is sent, and sends nothing.</summary>
public static class MirrorProbe
{
    /// <summary>Asks it.</summary>
    /// <param name="options">The server; one is set.</param>
    /// <param name="own">The identity of this workbench; null when it has none yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is wrong, in a sentence; null for nothing.</returns>
    public static async Task<string?> AskAsync(MirrorOptions options, Guid? own, CancellationToken cancellationToken = default)
    {
        using var handler = ServerClient.Way(options);
        using var server = new ServerClient(Options.Create(options), handler) { Origin = own };
        try
        {
            await server.SendAsync("experiments/search", new { MaxResults = 1 }, cancellationToken);
            return null;
        }
        catch (ItselfException)
        {
            return "It is this very workbench: nothing is mirrored.";
        }
        catch (Exception exception) when (exception is AwayException or RefusedException)
        {
            return exception.Message;
        }
    }
}
