using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Workbench.Core.Telemetry;

namespace Workbench.Core.Mirroring;

/// <summary>Asks a tracking server by MLflow's REST API, and tells what passes by itself from what it refuses for good.</summary>
internal sealed class ServerClient(IOptions<MirrorOptions> settings, [FromKeyedServices(typeof(ServerClient))] HttpMessageHandler handler) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // A connection that is slower than this is none.
    private const int BytesPerSecond = 50_000;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly MirrorOptions _options = settings.Value;
    private readonly HttpClient _http = new(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The way to the server.</summary>
    [SuppressMessage("Security", "CA5359", Justification = "The setting says so, for a server whose certificate no authority has signed.")]
    public static SocketsHttpHandler Way(MirrorOptions options)
    {
        var way = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (options.TrustsAnyCertificate)
        {
            way.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }
        return way;
    }

    /// <summary>The server, ending with a slash.</summary>
    /// <exception cref="InvalidOperationException">None is set.</exception>
    public Uri Server => _options.Server ?? throw new InvalidOperationException("No server is set.");

    /// <summary>Who asks; null when that is not known.</summary>
    public Guid? Origin { get; set; }

    /// <summary>Sends a message of MLflow's.</summary>
    /// <param name="path">What is asked for, such as <c>runs/create</c>.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="method">How; POST unless it is said.</param>
    /// <exception cref="AwayException">The same may do later.</exception>
    /// <exception cref="RefusedException">It won't.</exception>
    /// <exception cref="ItselfException">The server is this workbench.</exception>
    public Task<JsonElement> SendAsync(string path, object message, CancellationToken cancellationToken, HttpMethod? method = null)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(message, Format)) { Headers = { ContentType = new("application/json") } };
        return AskAsync(method ?? HttpMethod.Post, $"api/2.0/mlflow/{path}", content, Limit, cancellationToken);
    }

    /// <summary>As <see cref="SendAsync"/>, by GET.</summary>
    /// <param name="path">What is asked for, with its query.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when it is not there.</returns>
    public async Task<JsonElement?> FindAsync(FormattableString path, CancellationToken cancellationToken)
    {
        var escaped = string.Format(System.Globalization.CultureInfo.InvariantCulture, path.Format, [.. path.GetArguments().Select(part => Uri.EscapeDataString($"{part}"))]);
        try
        {
            return await AskAsync(HttpMethod.Get, $"api/2.0/mlflow/{escaped}", null, Limit, cancellationToken);
        }
        catch (RefusedException refusal) when (refusal.IsMissing)
        {
            return null;
        }
    }

    /// <summary>Uploads a file, as it comes.</summary>
    /// <param name="path">Where to, beneath the server's artifacts.</param>
    /// <param name="content">The file.</param>
    /// <param name="length">How many bytes it has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AwayException">The same may do later.</exception>
    /// <exception cref="RefusedException">It won't.</exception>
    public Task UploadAsync(string path, Stream content, long length, CancellationToken cancellationToken) => AskAsync(
        HttpMethod.Put,
        $"api/2.0/mlflow-artifacts/artifacts/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}",
        new StreamContent(content) { Headers = { ContentType = new("application/octet-stream"), ContentLength = length } },
        Limit + TimeSpan.FromSeconds((double)length / BytesPerSecond),
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> AskAsync(HttpMethod method, string path, HttpContent? content, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(Server, path)) { Content = content };
        request.Headers.Authorization = Authorization();
        if (Origin is { } origin)
        {
            request.Headers.Add(MirrorReport.OriginHeader, $"{origin}");
        }
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        var outcome = "away";
        try
        {
            using var response = await _http.SendAsync(request, timeout.Token);
            var answer = Read(response, await response.Content.ReadAsByteArrayAsync(timeout.Token));
            outcome = "done";
            return answer;
        }
        catch (RefusedException)
        {
            outcome = "refused";
            throw;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AwayException($"It did not answer within {limit.TotalSeconds:0} s.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new AwayException($"It can't be reached: {(exception.InnerException ?? exception).Message.TrimEnd('.')}.", exception);
        }
        finally
        {
            Instruments.MirrorRequests.Add(1, new KeyValuePair<string, object?>("workbench.outcome", outcome));
        }
    }

    private AuthenticationHeaderValue? Authorization() =>
        _options.Account is var (user, password) ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")))
        : _options.Token is { } token ? new("Bearer", token)
        : null;

    private static JsonElement Read(HttpResponseMessage response, byte[] body)
    {
        if (response.IsSuccessStatusCode)
        {
            return Parse(body) ?? throw new AwayException("Its answer is not that of an MLflow server.");
        }
        var error = Parse(body);
        var (code, message) = (Text(error, "error_code"), Text(error, "message"));
        var said = $"It answered {(int)response.StatusCode}{(message is null ? "" : $", {message.ReplaceLineEndings(" ").TrimEnd('.')}")}.";
        throw response.StatusCode switch
        {
            HttpStatusCode.LoopDetected => new ItselfException(),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                new AwayException($"{said} Check MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD."),
            HttpStatusCode.ProxyAuthenticationRequired or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests =>
                new AwayException(said) { RetryAfter = response.Headers.RetryAfter },
            HttpStatusCode.RequestEntityTooLarge => new RefusedException("", said),
            HttpStatusCode.NotImplemented or (>= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError) => code is not null
                ? new RefusedException(code, message ?? said)
                : new AwayException($"{said} There seems to be no MLflow server."),
            _ => new AwayException(said) { IsFault = response.StatusCode == HttpStatusCode.InternalServerError, RetryAfter = response.Headers.RetryAfter },
        };
    }

    private static JsonElement? Parse(byte[] body)
    {
        try
        {
            // An upload is answered with {}, by some with nothing.
            return body.Length == 0 ? default(JsonElement) : JsonElement.Parse(body) is { ValueKind: JsonValueKind.Object } answer ? answer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement? answer, string name) =>
        answer is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
