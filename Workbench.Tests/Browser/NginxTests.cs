using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Workbench.Core.Pictures;
using Workbench.Tests.Commands;
using Workbench.Tests.Security;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

/// <summary>The workbench behind nginx as docs/operations.md sets it up: TLS, a sub path, websockets.</summary>
public sealed class NginxTests : BrowserTest
{
    private readonly LockedWorkbench _workbench = new()
    {
        Settings = { ("Workbench:PathBase", "/workbench"), ("Workbench:Proxies", "127.0.0.1"), ("Workbench:Token", "a-token-of-this-test-alone") },
    };

    private NginxProxy? _nginx;

    public override async Task InitializeAsync()
    {
        await _workbench.InitializeAsync();
        _nginx = await NginxProxy.StartAsync(_workbench.Home);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _nginx!.DisposeAsync();
        await _workbench.DisposeAsync();
    }

    [SkippableFact]
    public async Task A_study_is_watched_and_stopped_through_TLS_and_a_sub_path()
    {
        var outside = new Uri($"https://127.0.0.1:{_nginx!.Port}/workbench/");
        var page = await NewPageAsync(outside, trusting: true);
        var sockets = new ConcurrentQueue<string>();
        page.WebSocket += (_, socket) => sockets.Enqueue(socket.Url);
        using var client = Client(outside);

        await page.GotoAsync("studies");
        await page.GetByLabel("Access token").FillAsync(_workbench.FirstToken.Secret);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".shell[data-live]").WaitForAsync();
        Assert.All(await page.Context.CookiesAsync(), cookie => Assert.True(cookie is { Secure: true, Path: "/workbench", HttpOnly: true }, cookie.Name));

        var launched = await client.PostAsJsonAsync(
            "api/studies", new JsonObject { ["name"] = "proxied", ["trials"] = 1, ["jobs"] = 1, ["searchSpace"] = ServedWorkbench.Quick });
        Assert.Equal(HttpStatusCode.Created, launched.StatusCode);
        Assert.Equal("/workbench/api/studies/proxied", launched.Headers.Location!.ToString());

        // It appears by itself, through the websocket.
        await page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "proxied" }).First.ClickAsync();
        await Expect(page.Locator(".study-head .chip")).ToHaveTextAsync("running");
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(page.Locator(".study-head")).ToContainTextAsync("stopped by first-token");
        Assert.Equal($"{outside}studies/proxied", page.Url);
        Assert.Contains(sockets, url => url.StartsWith($"wss://127.0.0.1:{_nginx.Port}/workbench/_blazor", StringComparison.Ordinal));

        var lines = (await client.GetStringAsync("api/audit.jsonl?subject=proxied")).Trim().Split('\n').Select(line => JsonNode.Parse(line)!);
        Assert.Equal(["studyStopped", "studyLaunched"], lines.Select(line => (string?)line["action"]));
        var table = (await client.GetStringAsync("api/audit.csv?action=studyLaunched")).Split("\r\n");
        Assert.Equal("id,at,actor,way,action,subject,details", table[0].TrimStart('\uFEFF'));
        Assert.EndsWith(",first-token,api,studyLaunched,proxied,trials 1; jobs 1", table[1], StringComparison.Ordinal);
        var told = (await client.GetFromJsonAsync<JsonNode>("api/audit?subject=proxied"))!["events"]!.AsArray();
        Assert.Equal(
            [("first-token", "page", "studyStopped"), ("first-token", "api", "studyLaunched")],
            told.Select(one => ((string)one!["actor"]!, (string)one["way"]!, (string)one["action"]!)));
    }

    [SkippableFact]
    public async Task What_leads_elsewhere_leads_beneath_the_sub_path()
    {
        var outside = new Uri($"https://127.0.0.1:{_nginx!.Port}/workbench/");
        using var client = Client(outside);

        Assert.Contains("<base href=\"/workbench/\"", await client.GetStringAsync("studies"), StringComparison.Ordinal);
        var description = await client.GetFromJsonAsync<JsonNode>("openapi/v1.json");
        Assert.Equal(outside.ToString().TrimEnd('/'), (string?)description!["servers"]![0]!["url"]);
        Assert.Contains("\"/workbench/hangfire/", await client.GetStringAsync("hangfire"), StringComparison.Ordinal);
        Assert.DoesNotContain("\"/", await client.GetStringAsync("manifest.webmanifest"), StringComparison.Ordinal);
        // nginx lets as much through as the workbench takes.
        using var large = new MultipartFormDataContent { { new ByteArrayContent(new byte[Workbench.Core.Pictures.PictureLimits.MostBytes]), "file", "large.png" } };
        using var answer = await client.PostAsync("predict", large);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        // A stranger gets no further than without a proxy, whatever they say of themselves.
        using var stranger = Client(outside);
        stranger.DefaultRequestHeaders.Authorization = null;
        stranger.DefaultRequestHeaders.Add("X-Forwarded-For", "127.0.0.1");
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("api/studies")).StatusCode);
    }

    private HttpClient Client(Uri address)
    {
        var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        return new HttpClient(handler) { BaseAddress = address, DefaultRequestHeaders = { Authorization = new("Bearer", _workbench.FirstToken.Secret) } };
    }
}
