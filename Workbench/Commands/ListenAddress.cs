using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Workbench.Core.Tracking;

namespace Workbench.Commands;

/// <summary>What <c>--host</c> and <c>--port</c> mean. Everything is listened on only when that was said.</summary>
/// <param name="Urls">The addresses, as Kestrel takes them.</param>
/// <param name="IsLoopback">Whether only this machine can reach them.</param>
/// <param name="Name">The DNS name that was given; null for a number, <c>localhost</c> and everything.</param>
internal sealed record ListenAddress(IReadOnlyList<string> Urls, bool IsLoopback, string? Name = null)
{
    /// <summary>Finds the addresses of this machine that are meant.</summary>
    /// <param name="host">An IP address, <c>localhost</c>, a DNS name of this machine, or <c>*</c> for all addresses.</param>
    /// <param name="port">The port; 0 for a free one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FieldException">It is none of these.</exception>
    public static async Task<ListenAddress> ResolveAsync(string host, int port, CancellationToken cancellationToken)
    {
        if (host == "*")
        {
            return new([$"http://*:{port}"], IsLoopback: false);
        }
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            // Kestrel takes the name for loopback in both families, but finds no free port that way.
            return new([port == 0 ? "http://127.0.0.1:0" : $"http://localhost:{port}"], IsLoopback: true);
        }
        var bare = host is ['[', .. var inner, ']'] ? inner : host;
        if (IPAddress.TryParse(bare.TrimEnd('.'), out var address))
        {
            // 1, 127.1, 0x7f.1 and 127.0.0.1. are numbers, too, but hardly what was meant.
            return address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == bare
                ? Of([address], port)
                : throw Refused(host, $"is no IP address as one writes it; {address} would be");
        }
        if (Uri.CheckHostName(host) != UriHostNameType.Dns)
        {
            throw Refused(host, "is no address");
        }
        return await ResolveNameAsync(host, port, cancellationToken);
    }

    /// <summary>An address that leads to the workbench from elsewhere, for one that it listens on.</summary>
    /// <param name="url">As Kestrel gives it.</param>
    public Uri Reachable(string url)
    {
        var listening = new UriBuilder(url);
        var isEverything = IPAddress.TryParse(listening.Host.Trim('[', ']'), out var number) && (number.Equals(IPAddress.Any) || number.Equals(IPAddress.IPv6Any));
        return new UriBuilder(listening.Uri) { Host = Name ?? (isEverything ? Dns.GetHostName() : listening.Host) }.Uri;
    }

    private static async Task<ListenAddress> ResolveNameAsync(string name, int port, CancellationToken cancellationToken)
    {
        IPAddress[] found;
        try
        {
            found = await Dns.GetHostAddressesAsync(name, cancellationToken);
        }
        catch (SocketException)
        {
            throw Refused(name, "is a name that leads to no address");
        }
        var own = NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address);
        IPAddress[] here = [.. found.Where(address => IPAddress.IsLoopback(address) || own.Contains(address)).Distinct()];
        return here.Length == 0
            ? throw Refused(name, $"leads to {string.Join(" and ", found.AsEnumerable())}, which this machine does not have")
            // Free ports of several addresses would differ.
            : Of(port == 0 ? here[..1] : here, port) with { Name = name };
    }

    private static ListenAddress Of(IReadOnlyList<IPAddress> addresses, int port) => new(
        [.. addresses.Select(address => $"http://{new IPEndPoint(address, port)}")], addresses.All(IPAddress.IsLoopback));

    private static FieldException Refused(string host, string fault) => new(
        "host", $"--host '{host}' {fault}. Give an IP address of this machine, localhost, a DNS name of this machine, or * for all addresses.");
}
