using Microsoft.AspNetCore.Http.Metadata;
using Workbench.Core.Tracking;

namespace Workbench.Api;

/// <summary>
/// The header of a request that may be repeated (draft-ietf-httpapi-idempotency-key-header): under one key it is carried out once, and every
/// repetition gets the same answer. Another request under the same key is answered 422.
/// </summary>
internal static class IdempotencyKey
{
    public const string Header = IdempotentRequests.Field;

    private static readonly string Explanation =
        $"May be repeated under the same `{Header}`, 1 to {IdempotentRequests.MostCharacters} printable characters such as a UUID: "
        + $"it is carried out once, and answered as the first time. Keys are kept for {IdempotentRequests.Kept.TotalHours:0} hours.";

    /// <summary>The key itself: by the draft it stands in quotes, but most clients leave them out.</summary>
    public static string? Read(string? header) => header?.Trim() is ['"', .. var quoted, '"'] ? quoted : header?.Trim();

    /// <summary>Says in the description of an operation, after what it says already, that it takes the header.</summary>
    public static RouteHandlerBuilder Repeatable(this RouteHandlerBuilder route)
    {
        // The last description counts; at the end of all there is no other to come.
        route.Finally(endpoint => endpoint.Metadata.Add(new EndpointDescriptionAttribute(
            endpoint.Metadata.OfType<IEndpointDescriptionMetadata>().LastOrDefault() is { } own ? $"{own.Description}\n\n{Explanation}" : Explanation)));
        return route.ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }
}
