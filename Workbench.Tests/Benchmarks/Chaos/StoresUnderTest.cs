using System.Diagnostics;

namespace Workbench.Benchmarks.Chaos;

/// <summary>An artifact store that can be taken away and brought back with all that is in it.</summary>
internal interface IStoreUnderTest : IAsyncDisposable
{
    /// <summary>The settings by which the product finds it.</summary>
    IReadOnlyDictionary<string, string> Environment { get; }

    bool IsUp { get; }

    void Kill();

    void Revive();
}

/// <summary>The folder of the data folder: away, a file stands in its place, so that nothing can be written there meanwhile.</summary>
internal sealed class FolderUnderTest(string folder) : IStoreUnderTest
{
    public IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>();

    public bool IsUp { get; private set; } = true;

    public void Kill()
    {
        IsUp = false;
        Directory.Move(folder, folder + ".away");
        File.WriteAllText(folder, "");
    }

    public void Revive()
    {
        File.Delete(folder);
        Directory.Move(folder + ".away", folder);
        IsUp = true;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Ceph's object gateway, which is killed; what it keeps is in another process.</summary>
internal sealed class S3UnderTest : IStoreUnderTest
{
    private readonly Process _process;
    private readonly string _folder;

    private S3UnderTest(Process process, string folder, int port) => (_process, _folder, Environment) = (process, folder, new Dictionary<string, string>
    {
        ["Minio__Endpoint"] = $"http://127.0.0.1:{port}",
        ["Minio__AccessKey"] = "workbench",
        ["Minio__SecretKey"] = "workbench-secret",
    });

    public IReadOnlyDictionary<string, string> Environment { get; }

    public bool IsUp { get; private set; } = true;

    public static async Task<S3UnderTest> StartAsync(string folder)
    {
        // Below the range that the system gives to outgoing connections.
        var port = Random.Shared.Next(2_000, 3_000) * 10;
        var process = Process.Start(new ProcessStartInfo("bash", [Path.Combine(AppContext.BaseDirectory, "s3-server"), folder, $"{port}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var line = await process.StandardOutput.ReadLineAsync();
        return line == "ready" ? new S3UnderTest(process, folder, port) : throw new InvalidOperationException($"The S3 server does not start: {line}");
    }

    public void Kill()
    {
        IsUp = false;
        var file = Path.Combine(_folder, "run", "client.admin.pid");
        Signals.Send(int.Parse(File.ReadAllText(file), null), "KILL");
        File.Delete(file);
    }

    public void Revive()
    {
        using var gateway = Process.Start(new ProcessStartInfo("radosgw", ["-n", "client.admin", "-k", Path.Combine(_folder, "keyring")])
        {
            Environment = { ["CEPH_CONF"] = Path.Combine(_folder, "ceph.conf") },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        gateway.WaitForExit();
        IsUp = true;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
