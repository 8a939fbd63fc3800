using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Api;

/// <summary>Whatever is wrong with a request is a status from 400 to 499, with problem details that a client can use.</summary>
[Collection(ServedCollection.Name)]
public sealed class ClientFaultTests(ServedWorkbench workbench)
{
    private readonly HttpClient _client = workbench.Client;

    [Theory]
    [InlineData("GET", "/api/studies/none", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/nowhere", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/api/studies", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/api/studies", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/predict", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/api/runs/none", HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/studies/none/restore?id=abc", HttpStatusCode.BadRequest)]
    public async Task A_client_that_accepts_HTML_gets_the_same_status_and_problem_details(string method, string path, HttpStatusCode status)
    {
        foreach (var accept in new[] { "text/html,application/xhtml+xml,*/*;q=0.8", "text/html", "image/png", "application/json" })
        {
            await ProblemAsync(status, new HttpRequestMessage(new HttpMethod(method), path) { Headers = { { "Accept", accept } } });
        }
    }

    [Theory]
    [InlineData("POST", "/api/studies/none/restore?id=abc", null, "id", "id is 'abc'; it must be a whole number.")]
    [InlineData("POST", "/api/studies/none/restore?id=99999999999999999999", null, "id", "id is '99999999999999999999'; it must be a whole number.")]
    [InlineData("POST", "/predict?version=1.5", null, "version", "version is '1.5'; it must be a whole number.")]
    [InlineData("PUT", "/api/studies/none/note", "", null, "The request needs a body, as application/json.")]
    [InlineData("PUT", "/api/studies/none/note", "null", null, "The request needs a body, as application/json.")]
    [InlineData("POST", "/api/studies", """{"name": "a", "name": "b", "trials": 1}""", "name", "name")]
    [InlineData("POST", "/api/studies", """{"name": "a\u0000b", "trials": 1}""", "name", "letters")]
    [InlineData("POST", "/api/studies", """{"name": "a\ud800", "trials": 1}""", "name", "")]
    [InlineData("POST", "/api/studies", """{"name": "a", "trials": 1e999}""", "trials", "wrong kind")]
    [InlineData("POST", "/api/studies", "{\"name\": ", null, "")]
    [InlineData("POST", "/api/studies", "[]", null, "wrong kind")]
    public async Task What_is_wrong_is_said_in_words_of_the_API(string method, string path, string? body, string? field, string said)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        var problem = await ProblemAsync(HttpStatusCode.BadRequest, request);

        Assert.Contains(said, (string?)problem["detail"]);
        Assert.DoesNotMatch("Nullable|parameter|Implicit|System\\.|Utf8|LineNumber", (string?)problem["detail"]);
        if (field is not null)
        {
            Assert.NotNull(problem["errors"]?[field]);
        }
    }

    [Theory]
    [InlineData("?model=%00")]
    [InlineData("?model=none%00&version=1")]
    public async Task A_name_that_the_database_could_not_store_is_the_name_of_nothing(string query) =>
        await ProblemAsync(HttpStatusCode.NotFound, new HttpRequestMessage(HttpMethod.Post, $"/predict{query}") { Content = Digits.Form(Digits.Mnist(0).Png) });

    [Theory]
    [InlineData("application/json; charset=bogus", "bogus")]
    [InlineData("text/plain", "application/json")]
    [InlineData("application/xml", "application/json")]
    public async Task A_body_that_is_no_JSON_is_a_415(string type, string said)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/studies") { Content = new ByteArrayContent("{}"u8.ToArray()) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

        Assert.Contains(said, (string?)(await ProblemAsync(HttpStatusCode.UnsupportedMediaType, request))["detail"]);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_and_nesting_without_end_are_bad_requests()
    {
        byte[][] bodies = [[.. "{\"name\": \""u8, 0xc3, 0x28, 0xff, .. "\"}"u8], [.. Enumerable.Repeat((byte)'[', 100_000)]];
        foreach (var body in bodies)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/api/studies") { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new("application/json");
            await ProblemAsync(HttpStatusCode.BadRequest, request);
        }
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_a_413()
    {
        var problem = await ProblemAsync(HttpStatusCode.RequestEntityTooLarge, new HttpRequestMessage(HttpMethod.Post, "/api/studies")
        {
            // The answer comes before the body was sent.
            Headers = { ExpectContinue = true },
            Content = new StringContent($$"""{"name": "{{new string('a', 9 << 20)}}"}""", Encoding.UTF8, "application/json"),
        });

        Assert.Equal("The request is too large; 8 MB is the most.", (string?)problem["detail"]);
    }

    [Theory]
    [InlineData("/api/datasets", 6L << 30, "5120 MB")]
    [InlineData("/api/models", 1L << 30, "513 MB")]
    public async Task A_form_with_a_file_that_is_too_large_is_refused_with_the_limit_before_it_is_sent(string path, long bytes, string most)
    {
        // To send it would fail: there is nothing.
        var form = new StreamContent(Stream.Null) { Headers = { ContentLength = bytes, ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b") } };

        var problem = await ProblemAsync(
            HttpStatusCode.RequestEntityTooLarge, new HttpRequestMessage(HttpMethod.Post, path) { Headers = { ExpectContinue = true }, Content = form });

        Assert.Contains(most, (string?)problem["detail"]);
        var uploads = Path.Combine(workbench.Data, "datasets", "uploads");
        Assert.True(!Directory.Exists(uploads) || !Directory.EnumerateFiles(uploads).Any());
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\nabc")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Dispo")]
    [InlineData("multipart/form-data; boundary=b", "")]
    [InlineData("multipart/form-data", "--b--")]
    [InlineData("multipart/form-data; boundary=b; charset=bogus", "--b--\r\n")]
    [InlineData("application/x-www-form-urlencoded; charset=bogus", "file=%ff%00&&&=")]
    public async Task A_form_that_breaks_off_is_a_bad_request(string type, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = new StringContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

        Assert.NotNull((await ProblemAsync(HttpStatusCode.BadRequest, request))["errors"]!["file"]);
    }

    [Theory]
    [InlineData("POST /api/studies HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"name\": \"x\"")]
    [InlineData("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 100\r\n\r\n--b\r\n")]
    [InlineData("GET /api/studies/%zz%80%c3 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /api/studies/%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    public async Task A_request_that_ends_early_or_is_badly_encoded_is_answered_with_4xx(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(workbench.Url.Host, workbench.Url.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        socket.Client.Shutdown(SocketShutdown.Send);

        using var answer = new StreamReader(stream);
        // A client that leaves in the middle may get no answer; what it leaves on the standard error is looked at when all is done.
        var line = await answer.ReadLineAsync().ContinueWith(read => read.IsFaulted ? "" : read.Result ?? "", TaskScheduler.Default);
        Assert.Matches("^HTTP/1.1 4[0-9][0-9] |^$", line);
    }

    [Fact]
    public async Task A_person_who_mistypes_an_address_gets_a_page_and_a_program_problem_details()
    {
        using var page = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/nowhere") { Headers = { { "Accept", "text/html" } } });
        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        Assert.Contains("There is nothing at this address", await page.Content.ReadAsStringAsync());

        await ProblemAsync(HttpStatusCode.NotFound, new HttpRequestMessage(HttpMethod.Get, "/nowhere"));
    }

    [Theory]
    [InlineData("/settings")]
    [InlineData("/studies/none")]
    public async Task A_form_that_no_page_has_is_a_bad_request(string page) =>
        await ProblemAsync(HttpStatusCode.BadRequest, new HttpRequestMessage(HttpMethod.Post, page));

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/predict", "text/html")]
    [InlineData("/health", "application/json")]
    [InlineData("/api/studies", "application/json")]
    [InlineData("/openapi/v1.json", "application/json")]
    [InlineData("/favicon.svg", "image/svg+xml")]
    [InlineData("/api/studies/head/trials.csv", "text/csv")]
    public async Task HEAD_is_answered_as_GET_without_the_body(string path, string type)
    {
        if (path.StartsWith("/api/studies/head", StringComparison.Ordinal))
        {
            await workbench.LaunchAsync("head");
        }

        using var response = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/api/studies/none"))).StatusCode);
    }

    private async Task<JsonNode> ProblemAsync(HttpStatusCode status, HttpRequestMessage request)
    {
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();

        Assert.True(status == response.StatusCode, $"{request.Method} {request.RequestUri}: {(int)response.StatusCode} {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!;
        Assert.False(string.IsNullOrEmpty((string?)problem["detail"]), text);
        return problem;
    }
}
