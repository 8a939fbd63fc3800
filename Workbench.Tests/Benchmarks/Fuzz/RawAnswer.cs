using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Workbench.Benchmarks.Fuzz;

/// <summary>What a server answered to bytes that need not be HTTP.</summary>
/// <param name="Status">0 when the connection was closed without an answer.</param>
/// <param name="Head">The status line and the headers.</param>
/// <param name="Body">As it came, chunks included.</param>
/// <param name="Took">From the first byte sent to the last one received.</param>
internal sealed record RawAnswer(int Status, string Head, string Body, TimeSpan Took)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public bool IsProblem => Head.Contains("\r\nContent-Type: application/problem+json", StringComparison.OrdinalIgnoreCase)
        && Body.Contains("\"detail\":", StringComparison.Ordinal);

    public bool IsPage => Head.Contains("\r\nContent-Type: text/html", StringComparison.OrdinalIgnoreCase);

    public bool SaysWhenToComeBack => Head.Contains("\r\nRetry-After: ", StringComparison.OrdinalIgnoreCase);

    public bool IsEmpty => Body.Length == 0 || Head.Contains("\r\nContent-Length: 0\r\n", StringComparison.OrdinalIgnoreCase);

    /// <summary>Sends the bytes over a connection of their own and reads until the server closes it.</summary>
    /// <exception cref="TimeoutException">It did neither answer nor close in twenty seconds.</exception>
    public static async Task<RawAnswer> OfAsync(Uri server, Request request)
    {
        var start = Stopwatch.GetTimestamp();
        using var limit = new CancellationTokenSource(Patience);
        using var received = new MemoryStream();
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server.Host, server.Port, limit.Token);
            // The server may answer, and close, before it has got everything.
            var sending = SendAsync(socket, request, limit.Token);
            var buffer = new byte[16 << 10];
            while (await socket.ReceiveAsync(buffer, limit.Token) is > 0 and var count)
            {
                received.Write(buffer, 0, count);
            }
            await sending;
        }
        catch (SocketException)
        {
            // Reset: what came until then counts.
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException();
        }
        return Parse(received.ToArray(), Stopwatch.GetElapsedTime(start));
    }

    private static async Task SendAsync(Socket socket, Request request, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendAsync(request.Bytes, cancellationToken);
            if (!request.IsHttp)
            {
                // The server may wait for more. One that has read a whole request takes this for a client that has gone.
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException)
        {
            // It did not want more.
        }
    }

    private static RawAnswer Parse(byte[] received, TimeSpan took)
    {
        var text = Encoding.Latin1.GetString(received);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end >= 0 && text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && int.TryParse(text.AsSpan(9, 3), out var status)
            ? new RawAnswer(status, text[..(end + 2)], text[(end + 4)..], took)
            : new RawAnswer(0, "", text, took);
    }
}
