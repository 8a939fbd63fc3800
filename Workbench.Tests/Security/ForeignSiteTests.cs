using System.Net;
using System.Net.WebSockets;

namespace Workbench.Tests.Security;

/// <summary>A page of another site, in the browser of a person at this machine.</summary>
public class ForeignSiteTests(LockedWorkbench workbench) : IClassFixture<LockedWorkbench>
{
    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "http://localhost:1")]
    [InlineData("Origin", "null")]
    [InlineData("Referer", "https://evil.example/page")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task It_changes_nothing_and_opens_no_circuit(string header, string value)
    {
        using var browser = workbench.Caller(workbench.Home);
        browser.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.DeleteAsync("/api/studies/none")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/predict", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/login", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/_blazor/negotiate?negotiateVersion=1", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/_blazor")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/hangfire/jobs/actions/delete", null)).StatusCode);
    }

    [Fact]
    public async Task Its_websocket_is_refused_and_the_own_page_s_is_not()
    {
        Assert.Equal(HttpStatusCode.Forbidden, await ConnectAsync("http://evil.example"));
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await ConnectAsync(workbench.Home.GetLeftPart(UriPartial.Authority)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("own")]
    [InlineData("own over TLS")]
    public async Task The_own_page_and_a_program_may(string? origin)
    {
        using var caller = workbench.Caller(workbench.Home);
        if (origin is not null)
        {
            caller.DefaultRequestHeaders.Add("Origin", $"{(origin == "own" ? "http" : "https")}://{workbench.Home.Authority}");
        }

        Assert.Equal(HttpStatusCode.NotFound, (await caller.DeleteAsync("/api/studies/none")).StatusCode);
    }

    private async Task<HttpStatusCode> ConnectAsync(string origin)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", origin);
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{workbench.Home.Authority}/_blazor"), default);
        }
        catch (WebSocketException)
        {
        }
        return socket.HttpStatusCode;
    }
}
