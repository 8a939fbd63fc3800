using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Components.Endpoints;
using Workbench.Api;
using Workbench.Core.Access;
using Workbench.Mlflow;

namespace Workbench.Security;

/// <summary>Answers those who may not: a person is led to the sign-in, a program gets problem details.</summary>
internal sealed class Denial : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult) =>
        authorizeResult.Succeeded ? next(context)
        : !authorizeResult.Forbidden ? ChallengeAsync(context)
        // For those who may see pages, a page that is for others says so itself, in its place.
        : IsPage(context) && Grant.Of(context.User) is { Scope: >= Scope.Read } ? ShowAsync(next, context)
        : ForbidAsync(context, policy);

    private static Task ShowAsync(RequestDelegate next, HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return next(context);
    }

    private static Task ForbidAsync(HttpContext context, AuthorizationPolicy policy)
    {
        var needed = policy.Requirements.OfType<ScopeRequirement>().Max(requirement => requirement.Scope);
        var grant = Grant.Of(context.User)!;
        return AnswerAsync(context, StatusCodes.Status403Forbidden, new ForbiddenException(needed, grant.Name, grant.Scope).Message);
    }

    private static async Task ChallengeAsync(HttpContext context)
    {
        var failure = (await context.AuthenticateAsync()).Failure;
        if (failure is TooManyAttemptsException tooMany)
        {
            context.Response.Headers.RetryAfter = tooMany.Seconds;
            await AnswerAsync(context, StatusCodes.Status429TooManyRequests, tooMany.Message);
            return;
        }
        if (IsPerson(context.Request))
        {
            context.Response.Redirect(SignInEndpoints.Address(context.Request));
            return;
        }
        context.Response.Headers.WWWAuthenticate = failure is null ? "Bearer realm=\"Workbench\"" : "Bearer realm=\"Workbench\", error=\"invalid_token\"";
        await AnswerAsync(
            context,
            StatusCodes.Status401Unauthorized,
            $"{failure?.Message ?? "Sign in."} Send a token: Authorization: Bearer TOKEN, or Basic with the token as password.");
    }

    private static Task AnswerAsync(HttpContext context, int status, string detail) => MlflowApi.Owns(context.Request.Path)
        ? MlflowError.Write(context, MlflowError.Of(new Problem(status, detail)))
        : Results.Problem(detail, statusCode: status).ExecuteAsync(context);

    private static bool IsPage(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;

    private static bool IsPerson(HttpRequest request) => HttpMethods.IsGet(request.Method) && request.Headers.Authorization.Count == 0
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
}
