using System.Net;

namespace Workbench.Security;

/// <summary>Tells requests that this machine makes itself from all others.</summary>
internal static class LocalRequest
{
    private static readonly string[] ProxyHeaders = ["Forwarded", "Via", "X-Real-IP"];
    // What the middleware for forwarded headers has taken over, it keeps under X-Original-.
    private static readonly string[] ProxyPrefixes = ["X-Forwarded-", "X-Original-"];

    /// <summary>Whether the request comes over loopback, for a name of loopback, and shows no trace of a proxy.</summary>
    public static bool IsLocal(this HttpContext context) =>
        IsLoopback(context.Connection.RemoteIpAddress) && IsLoopback(context.Connection.LocalIpAddress)
        && IsLoopbackName(context.Request.Host)
        // Only proxies still speak HTTP/1.0: nginx does unless it is told otherwise, and then it sends none of the headers below.
        && !HttpProtocol.IsHttp10(context.Request.Protocol)
        && !context.Request.Headers.Any(header => IsOfProxy(header.Key));

    /// <summary>Whether a Host header names loopback. Another name that leads there may belong to a web page elsewhere (DNS rebinding).</summary>
    public static bool IsLoopbackName(HostString host) =>
        host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Host, out var address) && IsLoopback(address));

    private static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool IsOfProxy(string header) =>
        ProxyHeaders.Contains(header, StringComparer.OrdinalIgnoreCase)
        || ProxyPrefixes.Any(prefix => header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
