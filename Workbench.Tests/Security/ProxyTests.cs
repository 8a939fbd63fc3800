using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Security;

namespace Workbench.Tests.Security;

/// <summary>Which proxies are believed.</summary>
public sealed class ProxyTests
{
    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5")]
    [InlineData("10.0.0.5, 10.1.0.0/16", "10.1.2.3")]
    [InlineData("10.0.0.5;fd00::/8", "fd00::7")]
    [InlineData("fd00::5", "fd00::5")]
    [InlineData("10.0.0.5", "::ffff:10.0.0.5")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    public async Task What_a_named_proxy_says_of_a_request_is_believed(string proxies, string from)
    {
        var request = await ReceiveAsync(proxies, from);

        Assert.Equal(
            ("203.0.113.7", "https", "ml.example.org", "/before"),
            ($"{request.Connection.RemoteIpAddress}", request.Request.Scheme, request.Request.Host.Value, request.Request.PathBase.Value));
        Assert.False(request.IsLocal());
    }

    [Theory]
    [InlineData(null, "10.0.0.5")]
    [InlineData("10.0.0.5", "10.0.0.6")]
    [InlineData("10.1.0.0/16", "10.2.0.1")]
    [InlineData("fd00::/8", "fe80::1")]
    [InlineData("10.0.0.5", "127.0.0.1")]
    [InlineData("10.0.0.5", "::1")]
    public async Task What_another_says_is_not_and_makes_nothing_local(string? proxies, string from)
    {
        var request = await ReceiveAsync(proxies, from);

        Assert.Equal(
            (from, "http", "localhost", ""),
            ($"{request.Connection.RemoteIpAddress}", request.Request.Scheme, request.Request.Host.Value, request.Request.PathBase.Value));
        Assert.False(request.IsLocal());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.5, 127.0.0.1")]
    public async Task A_visitor_who_pretends_to_be_this_machine_is_none_behind_a_proxy(string said) =>
        Assert.False((await ReceiveAsync("127.0.0.1", "127.0.0.1", said)).IsLocal());

    [Theory]
    [InlineData("proxy")]
    [InlineData("10.0.0.0/33")]
    [InlineData("fd00::/129")]
    [InlineData("10.0.0.256")]
    [InlineData("10.5")]
    [InlineData("10.5/16")]
    [InlineData("10.1.2.3/8")]
    [InlineData("fd00::1/8")]
    [InlineData("http://10.0.0.5")]
    public void A_name_or_number_that_is_no_address_is_told(string wrong) =>
        Assert.Contains($"'{wrong}'", Assert.Single(Configuration.Settings.FaultsOf<ProxyOptions>(("Workbench:Proxies", $"10.0.0.5, {wrong}"))));

    [Theory]
    [InlineData("workbench")]
    [InlineData("//evil.example")]
    [InlineData("/a b")]
    [InlineData("/a%20b")]
    public void A_path_base_that_is_no_path_is_told(string wrong) =>
        Assert.StartsWith($"Workbench:PathBase is '{wrong}'", Assert.Single(Configuration.Settings.FaultsOf<ProxyOptions>(("Workbench:PathBase", wrong))));

    [Fact]
    public void A_path_base_may_end_with_a_slash() =>
        Assert.Equal("/ml/workbench", Configuration.Settings.Read<ProxyOptions>(("Workbench:PathBase", "/ml/workbench/")).PathBase);

    // As the proxy at an address passes it on.
    private static async Task<HttpContext> ReceiveAsync(string? proxies, string from, string visitor = "203.0.113.7")
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var app = new ApplicationBuilder(services);
        app.UseProxies(Configuration.Settings.Read<ProxyOptions>(proxies is null ? [] : [("Workbench:Proxies", proxies)]));
        var request = new DefaultHttpContext
        {
            RequestServices = services,
            Connection = { RemoteIpAddress = IPAddress.Parse(from), LocalIpAddress = IPAddress.Loopback },
            Request =
            {
                Scheme = "http",
                Host = new HostString("localhost"),
                Path = "/api/studies",
                Headers =
                {
                    ["X-Forwarded-For"] = visitor,
                    ["X-Forwarded-Proto"] = "https",
                    ["X-Forwarded-Host"] = "ml.example.org",
                    ["X-Forwarded-Prefix"] = "/before",
                },
            },
        };
        await app.Build()(request);
        return request;
    }
}
