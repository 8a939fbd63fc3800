namespace Workbench.Core.Training;

/// <summary>
/// Where processes, on whatever machines, leave features for each other, part by part. It only saves work: what can't be had from it is
/// computed.
/// </summary>
public interface IFeatureExchange
{
    /// <summary>A file that a process has left; null when there is none, or it can't be had now.</summary>
    byte[]? Find(string key, CancellationToken cancellationToken);

    /// <summary>Leaves a file for others, if that is possible now.</summary>
    void Leave(string key, byte[] file, CancellationToken cancellationToken);

    /// <summary>Takes it on to make a file, so that other processes need not.</summary>
    /// <param name="key">The file.</param>
    /// <param name="wait">Whether to wait while another process makes it; it may have died.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>To be disposed of when the file is left; null when another process makes it.</returns>
    IDisposable? TakeOn(string key, bool wait, CancellationToken cancellationToken);
}
