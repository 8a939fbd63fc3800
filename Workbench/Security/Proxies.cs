using Microsoft.AspNetCore.HttpOverrides;

namespace Workbench.Security;

/// <summary>Makes the workbench see its addresses, and its visitors, as they are before the proxy.</summary>
internal static class Proxies
{
    /// <summary>Takes over what named proxies say of a request: the visitor's address, the scheme, the host, the path beneath which they put the
    /// workbench. What others say so is left in the headers, and not believed. Then takes the path base off the path.</summary>
    public static void UseProxies(this IApplicationBuilder app, ProxyOptions proxies)
    {
        if (proxies.Networks is { Count: > 0 } networks)
        {
            var forwarded = new ForwardedHeadersOptions
            {
                ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost
                    | ForwardedHeaders.XForwardedPrefix,
                // A chain of proxies is followed back to the first that is not named.
                ForwardLimit = null,
            };
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in networks)
            {
                forwarded.KnownIPNetworks.Add(network);
            }
            app.UseForwardedHeaders(forwarded);
        }
        if (proxies.PathBase is { Length: > 0 } path)
        {
            app.UsePathBase(path);
        }
    }
}
