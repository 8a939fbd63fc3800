using System.Text;
using System.Text.Encodings.Web;

namespace Workbench;

/// <summary>A page outside the shell. It has everything in itself: what else the workbench serves is behind the sign-in, or may be what has failed.</summary>
internal static class StandalonePage
{
    private static readonly Lazy<string> Template = new(() => Text("standalone.html")
        .Replace("/*tokens*/", Text("tokens.css"), StringComparison.Ordinal)
        .Replace("{font}", Convert.ToBase64String(Bytes("inter.woff2")), StringComparison.Ordinal));

    /// <summary>Shows a page, which no cache keeps.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status of HTTP.</param>
    /// <param name="title">Its heading, as text.</param>
    /// <param name="content">What is below the heading, as HTML.</param>
    public static IResult Show(HttpContext context, int status, string title, string content)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "same-origin";
        headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        var html = Template.Value
            .Replace("{title}", HtmlEncoder.Default.Encode(title), StringComparison.Ordinal)
            .Replace("{content}", content, StringComparison.Ordinal);
        return Results.Text(html, "text/html", Encoding.UTF8, status);
    }

    private static string Text(string name) => Encoding.UTF8.GetString(Bytes(name));

    private static byte[] Bytes(string name)
    {
        using var stream = typeof(StandalonePage).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
