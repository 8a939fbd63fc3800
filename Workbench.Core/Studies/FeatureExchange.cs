using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Workbench.Core.Artifacts;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Core.Studies;

/// <summary>Exchanges features through the artifact store; that only one process makes a part is seen to by locks in the database.</summary>
public sealed partial class FeatureExchange(IArtifactStore artifacts, Database database, ILogger<FeatureExchange> logger) : IFeatureExchange
{
    /// <inheritdoc/>
    public byte[]? Find(string key, CancellationToken cancellationToken)
    {
        try
        {
            return artifacts.ReadAsync(key, cancellationToken).GetAwaiter().GetResult();
        }
        catch (ArtifactNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is ArtifactStoreException or IOException)
        {
            LogUnreachable(exception, key);
            return null;
        }
    }

    /// <inheritdoc/>
    public void Leave(string key, byte[] file, CancellationToken cancellationToken)
    {
        try
        {
            artifacts.PutAsync(key, file, "application/octet-stream", cancellationToken).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is ArtifactStoreException or IOException)
        {
            LogUnreachable(exception, key);
        }
    }

    /// <inheritdoc/>
    public IDisposable? TakeOn(string key, bool wait, CancellationToken cancellationToken)
    {
        var number = BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return wait
            ? database.LockAsync(number, cancellationToken).GetAwaiter().GetResult()
            : database.TryLockAsync(number, cancellationToken).GetAwaiter().GetResult();
    }

    [LoggerMessage(LogLevel.Warning, "Features can't be exchanged with other processes just now ({Key}); this one computes them for itself.")]
    private partial void LogUnreachable(Exception exception, string key);
}
