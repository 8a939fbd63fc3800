using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Workbench.Core.Access;
using Workbench.Core.Artifacts;
using Workbench.Core.Datasets;
using Workbench.Core.Pictures;
using Workbench.Core.Search;
using Workbench.Core.Serving;
using Workbench.Core.Tracking;

namespace Workbench.Api;

/// <summary>What a client is told of a failure.</summary>
/// <param name="Status">The status of HTTP.</param>
/// <param name="Detail">A sentence, or some.</param>
/// <param name="Field">The field at fault; null when it is none.</param>
internal sealed partial record Problem(int Status, string Detail, string? Field = null)
{
    /// <summary>What an exception means to the client.</summary>
    public static Problem Of(Exception exception, HttpRequest request) => exception switch
    {
        FieldException fault => new(StatusCodes.Status400BadRequest, fault.Message, fault.Field),
        SearchException fault => new(StatusCodes.Status400BadRequest, fault.Message, fault.Parameter),
        DatasetException fault => new(StatusCodes.Status400BadRequest, fault.Message, "split"),
        BadHttpRequestException bad => Of(bad, request),
        ImageException image => new(StatusOf(image.Fault), image.Message, "file"),
        ForbiddenException forbidden => new(StatusCodes.Status403Forbidden, forbidden.Message, forbidden.Field),
        NotFoundException or ArtifactNotFoundException => new(StatusCodes.Status404NotFound, exception.Message),
        KeyReusedException reused => new(StatusCodes.Status422UnprocessableEntity, reused.Message, IdempotentRequests.Field),
        ConflictException or NameTakenException => new(StatusCodes.Status409Conflict, exception.Message),
        NoModelException or PicturesBusyException or ArtifactStoreException =>
            new(StatusCodes.Status503ServiceUnavailable, exception.Message),
        _ when DatabaseOutage.Explain(exception) is { } outage => new(StatusCodes.Status503ServiceUnavailable, $"{outage} Try again in a moment."),
        _ when DatabaseRefusal.Explain(exception) is { } refusal => new(StatusCodes.Status400BadRequest, refusal),
        // The framework looks for the encoding when it has begun to read, and calls it an invalid operation.
        InvalidOperationException when UnknownCharset(request) is { } charset =>
            new(StatusCodes.Status415UnsupportedMediaType, $"The charset '{charset}' is not known. Send UTF-8."),
        _ => new(StatusCodes.Status500InternalServerError, "Something went wrong inside Workbench. Its log says what."),
    };

    /// <summary>What a status means for which nothing was written.</summary>
    public static Problem Of(HttpContext context) => new(context.Response.StatusCode, context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => "There is nothing at this address.",
        StatusCodes.Status405MethodNotAllowed => $"This address does not take {context.Request.Method}, but {context.Response.Headers.Allow}.",
        StatusCodes.Status413PayloadTooLarge => TooLarge(context.Request),
        StatusCodes.Status415UnsupportedMediaType => "Send the body as application/json.",
        var status => ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } reason ? $"{reason}." : $"The request was answered with {status}.",
    });

    /// <summary>What the framework could not read. Its own sentences speak of .NET: none of them is passed on.</summary>
    private static Problem Of(BadHttpRequestException bad, HttpRequest request) => bad switch
    {
        { InnerException: JsonException json } =>
            new(bad.StatusCode, Readable(json), json.Path?.TrimStart('$', '.') is { Length: > 0 } path ? path : null),
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(bad.StatusCode, TooLarge(request)),
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } => new(bad.StatusCode, "Send the body as application/json."),
        { StatusCode: StatusCodes.Status408RequestTimeout } => new(bad.StatusCode, "The request came too slowly."),
        _ when Unbound().Match(bad.Message) is { Success: true } unbound => new(
            bad.StatusCode,
            $"{unbound.Groups["name"]} is '{unbound.Groups["value"]}'; it must be {Kind(unbound.Groups["type"].Value)}.",
            unbound.Groups["name"].Value),
        _ when NoBody().IsMatch(bad.Message) => new(bad.StatusCode, "The request needs a body, as application/json."),
        _ when Missing().Match(bad.Message) is { Success: true } missing =>
            new(bad.StatusCode, $"{missing.Groups["name"]} is missing.", missing.Groups["name"].Value),
        _ => new(bad.StatusCode, "The request breaks off, or is no proper HTTP."),
    };

    private static int StatusOf(ImageFault fault) => fault switch
    {
        ImageFault.TooLarge or ImageFault.TooManyPixels => StatusCodes.Status413PayloadTooLarge,
        ImageFault.NotAnImage => StatusCodes.Status415UnsupportedMediaType,
        _ => StatusCodes.Status400BadRequest,
    };

    // System.Text.Json says where in the text, which the field says better, and which .NET type, which is of no use to a client.
    private static string Readable(JsonException exception) => exception.Message.Split(" Path:")[0].Split('\'') switch
    {
        ["The JSON property ", var name, ..] => $"There is no field '{name}' here.",
        [var start, ..] when start.StartsWith("The JSON value could not be converted", StringComparison.Ordinal) => "The value is of the wrong kind.",
        var message => $"The request body is not right: {string.Join('\'', message)}",
    };

    private static string TooLarge(HttpRequest request) =>
        request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize is { } most
            ? $"The request is too large; {most >> 20} MB is the most."
            : "The request is too large.";

    private static string? UnknownCharset(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.Charset is { HasValue: true } charset && type.Encoding is null
            ? charset.ToString()
            : null;

    private static string Kind(string type) =>
        type.Contains("int", StringComparison.OrdinalIgnoreCase) || type.Contains("long", StringComparison.OrdinalIgnoreCase)
            ? "a whole number"
            : "of another kind";

    [GeneratedRegex("""^Failed to bind parameter "(?<type>\S+) (?<name>\w+)" from "(?<value>.*)"\.$""", RegexOptions.Singleline)]
    private static partial Regex Unbound();

    [GeneratedRegex("""^Implicit body inferred for parameter|was not provided from body\.$""")]
    private static partial Regex NoBody();

    [GeneratedRegex("""^Required parameter "\S+ (?<name>\w+)" was not provided""")]
    private static partial Regex Missing();
}
