using System.Net;
using Microsoft.Extensions.Primitives;

namespace Workbench.Security;

/// <summary>The names under which the workbench answers. A web page whose own name is made to lead here (DNS rebinding) is none of them.</summary>
/// <param name="options">Holds <c>AllowedHosts</c>, if it is set.</param>
/// <param name="listensOn">The name on which the workbench was told to listen; null if it was none.</param>
internal sealed class HostNames(AccessOptions options, string? listensOn)
{
    private readonly bool _isConfigured = options.AllowedHosts is not null;
    private readonly StringSegment[] _names =
    [
        .. (options.AllowedHosts ?? $"{listensOn};{Dns.GetHostName()}").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(name => new StringSegment(name)),
    ];

    /// <summary>Whether a Host header is good: a configured name, a name of loopback, and if none is configured any address by number, which
    /// belongs to no web page.</summary>
    public bool Allows(HostString host) => host.HasValue
        && (LocalRequest.IsLoopbackName(host)
            || (!_isConfigured && IPAddress.TryParse(host.Host, out _))
            || _names.Any(name => name == "*")
            || HostString.MatchesAny(new StringSegment(host.Host), _names));
}

internal static class HostNamesMiddleware
{
    /// <summary>Refuses requests for other names.</summary>
    public static void RefuseOtherHosts(this IApplicationBuilder app)
    {
        var names = app.ApplicationServices.GetRequiredService<HostNames>();
        app.Use((context, next) => names.Allows(context.Request.Host)
            ? next(context)
            : Results.Problem(
                $"The workbench does not answer for the host '{context.Request.Host.Host}'. If that is a name of it, add the name to the setting AllowedHosts.",
                statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context));
    }
}
