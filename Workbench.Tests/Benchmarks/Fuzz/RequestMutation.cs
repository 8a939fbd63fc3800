using System.Globalization;
using System.Text;

namespace Workbench.Benchmarks.Fuzz;

/// <summary>A request as bytes.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="Bytes">What is sent.</param>
/// <param name="IsHttp">Whether the server can read it as HTTP; if not, it may close the connection without an answer.</param>
internal sealed record Request(string Name, byte[] Bytes, bool IsHttp);

/// <summary>Makes requests that are nearly right.</summary>
internal sealed class RequestMutation(IReadOnlyList<Route> routes, string host, string run, byte[] picture)
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FOO", "get"];

    private static readonly string[] ContentTypes =
    [
        "application/json; charset=bogus", "application/json; charset=utf-16", "application/json; charset=\"\"", "application/json;;;", "text/plain",
        "application/xml", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"; charset=bogus",
        "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=bogus", "application/octet-stream", "*/*", "json", "",
    ];

    private static readonly string[] Headers =
    [
        "Accept: text/html", "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "Accept: image/png", "Accept: a/b;q=2;;", "Accept: ",
        "Accept-Encoding: br, gzip, zstd;q=0", "Accept-Language: \u00e4\u00f6", "Range: bytes=5-2", "Range: bytes=0-0,-1,99999999999-", "If-None-Match: *",
        "If-Modified-Since: never", "If-Range: \"x\"", "Expect: 100-continue", "Expect: 42", "Origin: null", "Origin: http://evil.example",
        "Sec-Fetch-Site: cross-site", "Cookie: a=b; ;=; \u0001", "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x",
        "Transfer-Encoding: chunked", "Transfer-Encoding: gzip", "Content-Encoding: gzip", "Host: other", "X-HTTP-Method-Override: DELETE",
        "Idempotency-Key: ", "Idempotency-Key: \u00e9", "Traceparent: 00-zz-zz-00", "Content-Disposition: form-data", "Content-Length: -1",
        "Content-Length: 99999999999999999999", "TE: trailers", "Prefer: x",
    ];

    public Request Make(Random random)
    {
        var route = OddValues.Pick(random, routes);
        var method = random.Next(12) == 0 ? OddValues.Pick(random, Methods) : route.Method;
        var target = Target(route, random);
        var (type, body) = Body(route, random);
        var headers = new List<string>();
        if (random.Next(12) == 0 && type is not null)
        {
            type = OddValues.Pick(random, ContentTypes);
        }
        while (random.Next(3) == 0)
        {
            headers.Add(OddValues.Pick(random, Headers));
        }
        return Assemble($"{method} {target}", type, headers, body, random);
    }

    private Request Assemble(string line, string? type, List<string> headers, byte[] body, Random random)
    {
        // Whether a header that is wrong for HTTP itself, or a length that is not that of the body, makes it something else.
        var length = random.Next(25) == 0 ? Math.Max(0, body.Length + random.Next(-20, 50)) : body.Length;
        var isHttp = length == body.Length && line.Length < 8000 && !headers.Exists(header =>
            header.StartsWith("Content-Length", StringComparison.Ordinal) || header.StartsWith("Transfer", StringComparison.Ordinal)
            || header.StartsWith("Host", StringComparison.Ordinal) || header.StartsWith("Connection", StringComparison.Ordinal)
            || header.Any(character => char.IsControl(character) || character > 126));
        var head = new StringBuilder($"{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        if (type is not null)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Type: {type}\r\n");
        }
        if (body.Length > 0 || type is not null)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
        }
        headers.ForEach(header => head.Append(header).Append("\r\n"));
        byte[] bytes = [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. body];
        if (random.Next(40) == 0)
        {
            isHttp = false;
            bytes = random.Next(3) switch
            {
                0 => bytes[..random.Next(1, bytes.Length)],
                1 => Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(bytes).Replace("\r\n", "\n", StringComparison.Ordinal)),
                _ => Flipped(bytes, random),
            };
        }
        return new Request(Short(line), bytes, isHttp && IsTarget(line));
    }

    private string Target(Route route, Random random)
    {
        var segments = route.Path.Split('/').Select(segment => segment.StartsWith('{')
            ? random.Next(5) == 0 ? OddValues.Segment(random) : Route.ValueOf(segment[1..^1], run)
            : random.Next(60) == 0 ? OddValues.Segment(random) : segment).ToList();
        if (random.Next(40) == 0)
        {
            segments.Insert(random.Next(1, segments.Count + 1), OddValues.Segment(random));
        }
        var query = new List<string>();
        foreach (var name in route.Query.Where(_ => random.Next(3) > 0))
        {
            var value = random.Next(3) switch
            {
                0 => Uri.EscapeDataString(Route.ValueOf(name, run)),
                1 when name is "filter" or "sort" or "columns" => Uri.EscapeDataString(Expression(Route.ValueOf(name, run), random)),
                _ => OddValues.Segment(random),
            };
            query.Add(random.Next(20) == 0 ? name : $"{name}={value}");
            if (random.Next(20) == 0)
            {
                query.Add($"{name}={OddValues.Segment(random)}");
            }
        }
        return string.Join('/', segments) + (query.Count > 0 ? $"?{string.Join('&', query)}" : random.Next(30) == 0 ? "?&&=%" : "");
    }

    private (string? Type, byte[] Body) Body(Route route, Random random)
    {
        if (route.Path == "/predict" && route.Method == "POST")
        {
            return Form(random);
        }
        return route.Body is not null ? ("application/json", JsonMutation.Of(route.Body, random))
            : random.Next(20) == 0 ? ("application/json", JsonMutation.Of(null, random))
            : (null, []);
    }

    private (string Type, byte[] Body) Form(Random random)
    {
        var boundary = random.Next(10) == 0 ? OddValues.Segment(random) : "fuzz";
        var field = random.Next(8) == 0 ? OddValues.Segment(random) : "file";
        var parts = new List<byte>();
        for (var part = random.Next(1, random.Next(10) == 0 ? 1500 : 3); part > 0; part--)
        {
            parts.AddRange(Encoding.Latin1.GetBytes(
                $"--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"));
            parts.AddRange(part < 3 ? picture : []);
            parts.AddRange("\r\n"u8);
        }
        parts.AddRange(Encoding.Latin1.GetBytes($"--{boundary}--\r\n"));
        byte[] body = [.. parts];
        return ($"multipart/form-data; boundary={boundary}", random.Next(4) switch
        {
            0 => body[..random.Next(body.Length)],
            1 => Flipped(body, random),
            _ => body,
        });
    }

    private static string Expression(string text, Random random) => random.Next(5) switch
    {
        0 => string.Concat(Enumerable.Repeat("(", random.Next(1, 3000))) + text,
        1 => text[..random.Next(text.Length + 1)],
        2 => string.Join(" and ", Enumerable.Repeat(text, random.Next(1, 100))),
        3 => text.Insert(random.Next(text.Length), OddValues.Text(random)),
        _ => string.Join(' ', text.Split(' ').OrderBy(_ => random.Next())),
    };

    private static byte[] Flipped(byte[] bytes, Random random)
    {
        var flipped = (byte[])bytes.Clone();
        for (var flip = random.Next(1, 8); flip > 0; flip--)
        {
            flipped[random.Next(flipped.Length)] = (byte)random.Next(256);
        }
        return flipped;
    }

    /// <summary>Whether the server takes it for the first line of a request at all.</summary>
    private static bool IsTarget(string line) => line.Split(' ') is [_, ['/', .. var target]] && !target.Split('?')[0].Contains("%00", StringComparison.Ordinal);

    private static string Short(string line) => line.Length <= 200 ? line : $"{line[..200]}… ({line.Length} characters)";
}
