using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Workbench.Commands;
using Workbench.Core.Pictures;
using Workbench.Core.Platform;
using Workbench.Core.Preparations;

namespace Workbench.Doctor;

/// <summary>What the machine gives: native libraries, the data folder, the port.</summary>
internal static class MachineChecks
{
    private const long Enough = 2L << 30;
    private const long TooLittle = 200L << 20;

    public static IEnumerable<(string What, Check Check)> All(string data, ListenOptions listen) =>
    [
        ("libtorch", ct => Task.Run(LoadTorch, ct)),
        ("skia", ct => Task.Run(LoadSkia, ct)),
        ("data folder", _ => Task.FromResult(LookAtFolder(data))),
        ("port", ct => LookAtPortAsync(listen, ct)),
    ];

    private static IReadOnlyList<Finding> LoadTorch()
    {
        LibTorch.EnsureLoaded();
        return [Finding.Ok("libtorch", $"loads; {Machine.Cores} cores")];
    }

    private static IReadOnlyList<Finding> LoadSkia()
    {
        try
        {
            _ = ImageNetPreparation.Kind.Create(ImageNetPreparation.Usual).Prepare([0]);
            return [Finding.Fail("skia", "takes a single byte for a picture")];
        }
        catch (ImageException)
        {
            return [Finding.Ok("skia", "loads")];
        }
    }

    private static IReadOnlyList<Finding> LookAtFolder(string data)
    {
        var folder = new DirectoryInfo(data);
        var existing = folder;
        while (!existing.Exists && existing.Parent is { } parent)
        {
            existing = parent;
        }
        using (new FileStream(Path.Combine(existing.FullName, $".probe-{Guid.NewGuid():N}"), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.DeleteOnClose,
        }))
        {
            // That it can be made is all.
        }
        var free = new DriveInfo(existing.FullName).AvailableFreeSpace;
        var space = string.Create(CultureInfo.InvariantCulture, $"{free / (double)(1 << 30):0.0} GiB free");
        if (free < TooLittle)
        {
            return [Finding.Fail("data folder", $"{data} has {space}; make room, or choose another with --data DIR")];
        }
        if (folder.Exists && !OperatingSystem.IsWindows() && (folder.UnixFileMode & OpenToOthers) is not 0)
        {
            return [Finding.Warn("data folder", $"{data} is open to other accounts (0{Convert.ToString((int)folder.UnixFileMode, 8)}); chmod go-rw closes it")];
        }
        return free < Enough
            ? [Finding.Warn("data folder", $"{data} has only {space}")]
            : [Finding.Ok("data folder", $"{data}{(folder.Exists ? "" : ", to be made")}, {space}")];
    }

    // To pass through may be needed by the database's user, and shows nothing.
    private const UnixFileMode OpenToOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static async Task<IReadOnlyList<Finding>> LookAtPortAsync(ListenOptions listen, CancellationToken cancellationToken)
    {
        var (host, port) = listen;
        var address = await ListenAddress.ResolveAsync(host, port, cancellationToken);
        var where = $"{port} on {host}";
        try
        {
            foreach (var url in address.Urls)
            {
                using var listener = new TcpListener(NumberOf(url), port);
                listener.Start();
            }
            return [Finding.Ok("port", port == 0 ? "a free one is taken" : $"{where} is free")];
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return [await AnswersAsync(address.Urls[0].Replace("*", "127.0.0.1", StringComparison.Ordinal), cancellationToken)
                ? Finding.Ok("port", $"{where}: a workbench answers")
                : Finding.Fail("port", $"{where} is taken by another program; stop it, or choose another with --port")];
        }
    }

    private static IPAddress NumberOf(string url) => url.Contains("//*", StringComparison.Ordinal) ? IPAddress.Any
        : new Uri(url) is { HostNameType: UriHostNameType.Dns } ? IPAddress.Loopback
        : IPAddress.Parse(new Uri(url).Host.Trim('[', ']'));

    private static async Task<bool> AnswersAsync(string url, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            return (await client.GetStringAsync("/health", cancellationToken)).Contains("\"up\"", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
