using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Workbench.Core.Artifacts;

namespace Workbench.Tests.Artifacts;

/// <summary>One real S3 server for the whole test run, started by the first test that needs it (12 s), ended and removed with the run,
/// however that ends.</summary>
static class S3Fixture
{
    static readonly Lazy<Task<Uri>> Server = new(StartAsync);
    // Ends when this process and with it the pipe to it is gone; held here, since the garbage collector would close the pipe.
    static OtherProcess? _server;
    static int _buckets;

    /// <summary>The server, with a bucket name that no other test uses. Skips the test where there is no server.</summary>
    public static async Task<S3Settings> SettingsAsync() => new(
        await Server.Value, "workbench", "workbench-secret",
        "bucket-" + Interlocked.Increment(ref _buckets).ToString(CultureInfo.InvariantCulture), "us-east-1");

    static async Task<Uri> StartAsync()
    {
        var programs = new[] { "ceph-mon", "ceph-mgr", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "ceph-authtool", "monmaptool" };
        Requirement.Need("an S3 server", programs.All(program => Requirement.FindProgram(program) is not null),
            "apt-get install -y --no-install-recommends ceph-mon ceph-mgr ceph-osd radosgw ceph-common");
        var port = FreePorts(3);
        _server = new OtherProcess(new ProcessStartInfo("bash",
        [
            Path.Combine(AppContext.BaseDirectory, "s3-server"),
            TemporaryFolder.Create(),
            port.ToString(CultureInfo.InvariantCulture),
        ]));
        Assert.Equal("ready", await _server.ReadLineAsync());
        return new Uri($"http://127.0.0.1:{port}");
    }

    // Below the range that the system gives to outgoing connections, where one may be gone again before it is used.
    static int FreePorts(int count) =>
        Enumerable.Range(0, 1000).Select(_ => Random.Shared.Next(20_000, 32_000)).First(first => Enumerable.Range(first, count).All(IsFree));

    static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
