using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Workbench.Core.Access;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Security;

public class TokenTests(LockedWorkbench workbench) : IClassFixture<LockedWorkbench>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private TokenStore Store => workbench.Get<TokenStore>();

    [Theory]
    [InlineData(Scope.Predict, HttpStatusCode.BadRequest, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(Scope.Read, HttpStatusCode.BadRequest, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(Scope.Write, HttpStatusCode.BadRequest, HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.Forbidden)]
    [InlineData(Scope.Admin, HttpStatusCode.BadRequest, HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.OK)]
    public async Task A_scope_opens_what_belongs_to_it(
        Scope scope, HttpStatusCode predict, HttpStatusCode read, HttpStatusCode write, HttpStatusCode admin)
    {
        var caller = workbench.Caller(workbench.Abroad, await IssueAsync($"of {scope}", scope));

        // It has no image: who comes that far is told so.
        Assert.Equal(predict, (await caller.PostAsync("/predict", null)).StatusCode);
        Assert.Equal(read, (await caller.GetAsync("/api/studies")).StatusCode);
        Assert.Equal(write, (await caller.PostAsync("/api/studies/none/stop", null)).StatusCode);
        Assert.Equal(admin, (await caller.GetAsync("/api/tokens")).StatusCode);
    }

    [Fact]
    public async Task Who_may_not_is_told_which_scope_it_takes()
    {
        var caller = workbench.Caller(workbench.Abroad, await IssueAsync("reader", Scope.Read));
        using var response = await caller.PostAsync("/api/studies/none/stop", null);

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var detail = (await response.Content.ReadFromJsonAsync<JsonNode>())!["detail"]!.GetValue<string>();
        Assert.Contains("scope write", detail);
        Assert.Contains("reader", detail);
    }

    [Fact]
    public async Task Tokens_are_issued_listed_and_revoked_by_the_API()
    {
        var admin = workbench.Caller(workbench.Abroad, workbench.FirstToken.Secret);
        using var issued = await admin.PostAsJsonAsync("/api/tokens", new { name = "by api", scope = "read", days = 7 });
        Assert.Equal(HttpStatusCode.Created, issued.StatusCode);
        var secret = (await issued.Content.ReadFromJsonAsync<JsonNode>())!["secret"]!.GetValue<string>();
        var user = workbench.Caller(workbench.Abroad, secret);
        Assert.Equal(HttpStatusCode.OK, (await user.GetAsync("/api/studies")).StatusCode);

        var listed = (await admin.GetFromJsonAsync<JsonArray>("/api/tokens"))!.Single(token => (string?)token!["name"] == "by api")!;
        Assert.Equal(secret[..8], (string?)listed["prefix"]);
        Assert.Equal("first-token", (string?)listed["createdBy"]);
        Assert.NotNull(listed["lastUsedAt"]);
        Assert.DoesNotContain(secret, listed.ToJsonString());

        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync("/api/tokens/by%20api")).StatusCode);
        await UntilAsync(async () => (await user.GetAsync("/api/studies")).StatusCode != HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.PostAsJsonAsync("/api/tokens", new { name = "no scope" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.DeleteAsync("/api/tokens/by%20api")).StatusCode);
    }

    [Fact]
    public async Task A_revoked_token_ends_its_sign_in_and_its_open_pages()
    {
        var person = workbench.Caller(workbench.Abroad);
        var cookie = await SignInAsync(person, await IssueAsync("visitor", Scope.Read));
        using var socket = await OpenAsync(cookie);

        await Store.RevokeAsync("visitor");

        await EndAsync(socket);
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.GetAsync("/api/studies")).StatusCode);
        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(cookie));
    }

    [Fact]
    public async Task Signing_out_ends_open_pages_and_copies_of_the_cookie_but_not_the_token()
    {
        var secret = await IssueAsync("leaver", Scope.Read);
        var person = workbench.Caller(workbench.Abroad);
        var cookie = await SignInAsync(person, secret);
        using var socket = await OpenAsync(cookie);
        var thief = workbench.Caller(workbench.Abroad);
        thief.DefaultRequestHeaders.Add("Cookie", cookie);
        Assert.Equal(HttpStatusCode.OK, (await thief.GetAsync("/api/studies")).StatusCode);

        await person.PostAsync("/logout", null);

        await EndAsync(socket);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync("/api/studies")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await workbench.Caller(workbench.Abroad, secret).GetAsync("/api/studies")).StatusCode);
    }

    [Fact]
    public async Task A_token_for_predictions_opens_no_page()
    {
        var secret = await IssueAsync("camera", Scope.Predict);
        var person = workbench.Caller(workbench.Abroad);
        using var refused = await person.PostAsync("/login", new FormUrlEncodedContent([new("token", secret)]));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.False(refused.Headers.Contains("Set-Cookie"));
        var camera = workbench.Caller(workbench.Abroad, secret);
        camera.DefaultRequestHeaders.Add("Accept", "text/html");
        foreach (var page in new[] { "/", "/studies", "/models", "/audit", "/settings/tokens", "/not-found" })
        {
            using var answer = await camera.GetAsync(page);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{page}: {answer.StatusCode}");
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        }
    }

    [Theory]
    [InlineData("/audit")]
    [InlineData("/settings/tokens")]
    public async Task A_page_for_administrators_tells_others_so(string page)
    {
        var writer = workbench.Caller(workbench.Abroad, await IssueAsync($"writer of {page.Split('/')[^1]}", Scope.Write));
        writer.DefaultRequestHeaders.Add("Accept", "text/html");
        using var answer = await writer.GetAsync(page);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("This page is for administrators", await answer.Content.ReadAsStringAsync());
    }

    private async Task<string> IssueAsync(string name, Scope scope)
    {
        var (_, secret) = await Store.CreateAsync(name, scope);
        return secret;
    }

    private static async Task<string> SignInAsync(HttpClient person, string secret)
    {
        using var entered = await person.PostAsync("/login", new FormUrlEncodedContent([new("token", secret)]));
        return entered.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private async Task<ClientWebSocket> OpenAsync(string cookie)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", cookie);
        // On loopback there would be no sign-in.
        socket.Options.SetRequestHeader("X-Forwarded-For", "203.0.113.7");
        await socket.ConnectAsync(new Uri($"ws://{workbench.Home.Authority}/_blazor"), default);
        return socket;
    }

    private static async Task EndAsync(ClientWebSocket socket)
    {
        using var limit = new CancellationTokenSource(Limit);
        await Assert.ThrowsAsync<WebSocketException>(async () =>
        {
            while ((await socket.ReceiveAsync(new byte[1024], limit.Token)).MessageType != WebSocketMessageType.Close)
            {
            }
            throw new WebSocketException();
        });
    }

    private static async Task UntilAsync(Func<Task<bool>> reached)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await reached())
        {
            await pause.WaitForNextTickAsync(limit.Token);
        }
    }
}
