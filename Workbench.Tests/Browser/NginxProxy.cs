using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Workbench.Tests.Security;

namespace Workbench.Tests.Browser;

/// <summary>nginx with the configuration that docs/operations.md shows, on ports and a certificate of the test's own.</summary>
internal sealed partial class NginxProxy : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder;
    private readonly Process _process;

    private NginxProxy(TemporaryFolder folder, Process process, int port) => (_folder, _process, Port) = (folder, process, port);

    public int Port { get; }

    /// <summary>Starts it and waits until it accepts connections.</summary>
    /// <param name="upstream">Where the workbench listens.</param>
    public static async Task<NginxProxy> StartAsync(Uri upstream)
    {
        var nginx = Requirement.FindProgram("nginx");
        Requirement.Need("nginx", nginx is not null, "On Debian: apt-get install -y nginx");
        var folder = new TemporaryFolder();
        var port = FreePort();
        TestCertificate.Write(folder.Path);
        var server = Documented()
            .Replace("listen 443 ssl;", $"listen 127.0.0.1:{port} ssl;", StringComparison.Ordinal)
            .Replace("/etc/ssl/workbench.", $"{folder.Path}/workbench.", StringComparison.Ordinal)
            .Replace("http://127.0.0.1:8000", upstream.ToString().TrimEnd('/'), StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "nginx.conf"),
            $$"""
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            daemon off;
            worker_processes 1;
            pid {{folder.Path}}/nginx.pid;
            error_log {{folder.Path}}/error.log;
            events {}
            http {
              access_log off;
              client_body_temp_path {{folder.Path}}/body;
              proxy_temp_path {{folder.Path}}/proxy;
              fastcgi_temp_path {{folder.Path}}/fastcgi;
              uwsgi_temp_path {{folder.Path}}/uwsgi;
              scgi_temp_path {{folder.Path}}/scgi;
            {{server}}
            }
            """);
        var process = Process.Start(new ProcessStartInfo(nginx, ["-c", Path.Combine(folder.Path, "nginx.conf"), "-e", Path.Combine(folder.Path, "error.log")])
        {
            RedirectStandardError = true,
        })!;
        await UntilOpenAsync(port, process);
        return new NginxProxy(folder, process, port);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static string Documented() => Block().Match(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "operations.md"))).Groups[1].Value;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task UntilOpenAsync(int port, Process nginx)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            Assert.False(nginx.HasExited, nginx.HasExited ? await nginx.StandardError.ReadToEndAsync(limit.Token) : "");
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await pause.WaitForNextTickAsync(limit.Token);
            }
        }
    }

    [GeneratedRegex("```nginx\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
