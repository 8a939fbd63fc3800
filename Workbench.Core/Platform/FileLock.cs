using System.Diagnostics;

namespace Workbench.Core.Platform;

/// <summary>A lock between processes, held on an open file: the operating system lets go of it when its holder ends, however it ends.
/// The file stays behind; its presence means nothing.</summary>
sealed class FileLock : IDisposable
{
    static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(20);

    readonly FileStream _file;

    FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock for this holder alone; null if anybody holds it, shared or not.</summary>
    public static FileLock? TryExclusive(string path) => TryOpen(path, FileShare.None);

    /// <summary>Takes the lock together with others who share it; null if another holds it alone.</summary>
    public static FileLock? TryShared(string path) => TryOpen(path, FileShare.ReadWrite);

    /// <summary>Waits for the lock and takes it for this holder alone.</summary>
    /// <exception cref="TimeoutException">Others held it all the time.</exception>
    public static async Task<FileLock> ExclusiveAsync(string path, TimeSpan limit, CancellationToken cancellationToken)
    {
        for (var start = Stopwatch.GetTimestamp(); ;)
        {
            if (TryExclusive(path) is { } taken)
                return taken;
            if (Stopwatch.GetElapsedTime(start) > limit)
                throw new TimeoutException($"{path} was locked by another process for {limit.TotalSeconds:0} s.");
            await Task.Delay(RetryInterval, cancellationToken);
        }
    }

    static FileLock? TryOpen(string path, FileShare share)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share, bufferSize: 1));
        }
        catch (IOException e) when (IsHeldByOthers(e))
        {
            return null;
        }
    }

    // What .NET reports when the lock is taken: EWOULDBLOCK of Linux and of macOS, Windows' sharing violation.
    static bool IsHeldByOthers(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    public void Dispose() => _file.Dispose();
}
