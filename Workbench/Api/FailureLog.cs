using System.Diagnostics;
using Workbench.Core.Serving;

namespace Workbench.Api;

/// <summary>
/// Logs the requests that failed through no fault of the client, with the trace id that the answer carries. What is away for a while fails
/// every request: of each kind one in half a minute is told, and how many there were; all of them at the level Debug.
/// </summary>
internal sealed partial class FailureLog(ILogger<FailureLog> logger, TimeProvider clock)
{
    /// <summary>How long failures of one kind are only counted after one was told.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<Type, (DateTimeOffset Told, int Untold)> _kinds = [];

    /// <summary>By what operators find the request of an answer in the log and among the traces.</summary>
    public static string TraceId(HttpContext context) => Activity.Current?.Id ?? context.TraceIdentifier;

    /// <summary>Takes note of a request that was answered with a status of 500 or above.</summary>
    public void Add(HttpContext context, Exception exception, int status)
    {
        var trace = TraceId(context);
        var (method, path) = (context.Request.Method, context.Request.Path);
        if (status == StatusCodes.Status500InternalServerError)
        {
            LogFailed(exception, method, path, trace);
            return;
        }
        LogUnavailable(exception, method, path, status, trace);
        // That nothing was promoted yet is not a failure.
        if (exception is not NoModelException && Take(exception.GetType()) is { } untold)
        {
            LogKind(exception, method, path, status, untold, trace);
        }
    }

    /// <returns>How many of the kind were not told; null when this one is not to be told either.</returns>
    private int? Take(Type kind)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if (_kinds.TryGetValue(kind, out var last) && now < last.Told + Pause)
            {
                _kinds[kind] = (last.Told, last.Untold + 1);
                return null;
            }
            _kinds[kind] = (now, 0);
            return last.Untold;
        }
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed (trace {TraceId}).")]
    private partial void LogFailed(Exception exception, string method, string path, string traceId);

    [LoggerMessage(LogLevel.Debug, "{Method} {Path} was answered with {Status} (trace {TraceId}).")]
    private partial void LogUnavailable(Exception exception, string method, string path, int status, string traceId);

    [LoggerMessage(LogLevel.Warning, "{Method} {Path} was answered with {Status}, as {Untold} others before (trace {TraceId}).")]
    private partial void LogKind(Exception exception, string method, string path, int status, int untold, string traceId);
}
