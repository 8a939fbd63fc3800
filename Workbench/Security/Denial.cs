using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Components.Endpoints;

namespace Workbench.Security;

/// <summary>Answers those who may not: a person is led to the sign-in, a program gets problem details.</summary>
internal sealed class Denial : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult) =>
        authorizeResult.Succeeded ? next(context)
        // A page that is not allowed says so itself, in its place.
        : authorizeResult.Forbidden && context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null ? next(context)
        : authorizeResult.Forbidden ? ForbidAsync(context, policy)
        : ChallengeAsync(context);

    private static Task ForbidAsync(HttpContext context, AuthorizationPolicy policy)
    {
        var needed = policy.Requirements.OfType<ScopeRequirement>().Max(requirement => requirement.Scope);
        var grant = Grant.Of(context.User);
        return Results.Problem(
            $"This needs the scope '{Word(needed)}'; {grant?.Name} has '{Word(grant?.Scope)}'.", statusCode: StatusCodes.Status403Forbidden)
            .ExecuteAsync(context);
    }

    private static async Task ChallengeAsync(HttpContext context)
    {
        var failure = (await context.AuthenticateAsync()).Failure;
        if (failure is TooManyAttemptsException { Wait: var wait })
        {
            await TooManyAsync(context, wait);
            return;
        }
        if (IsPerson(context.Request))
        {
            context.Response.Redirect(SignInEndpoints.Address(context.Request));
            return;
        }
        context.Response.Headers.WWWAuthenticate = failure is null ? "Bearer realm=\"Workbench\"" : "Bearer realm=\"Workbench\", error=\"invalid_token\"";
        await Results.Problem(
            $"{failure?.Message ?? "Sign in."} Send a token: Authorization: Bearer TOKEN, or Basic with the token as password.",
            statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
    }

    private static Task TooManyAsync(HttpContext context, TimeSpan wait)
    {
        var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.RetryAfter = seconds;
        return Results.Problem(
            $"Too many wrong tokens came from your address. Try again in {seconds} s.", statusCode: StatusCodes.Status429TooManyRequests)
            .ExecuteAsync(context);
    }

    private static bool IsPerson(HttpRequest request) => HttpMethods.IsGet(request.Method) && request.Headers.Authorization.Count == 0
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    private static string Word(Enum? scope) => $"{scope}".ToLowerInvariant();
}
