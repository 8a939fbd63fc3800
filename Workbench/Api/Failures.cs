using System.Globalization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Workbench.Core.Tracking;
using Workbench.Mlflow;

namespace Workbench.Api;

/// <summary>
/// The one place where what went wrong becomes an answer, be it an exception or a status that nothing was written for: problem details
/// (RFC 9457), or a page for a person whose browser goes to one.
/// </summary>
internal sealed class Failures(FailureLog log) : IExceptionHandler
{
    /// <summary>Adds what <see cref="UseFailures"/> needs.</summary>
    public static void AddFailures(IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddExceptionHandler<Failures>();
        services.AddSingleton<FailureLog>();
        // What the framework can't bind is an exception, too: so the answer can say which field it was.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    /// <summary>Answers for what comes after it.</summary>
    public static void UseFailures(WebApplication app)
    {
        app.UseExceptionHandler(_ => { });
        app.UseStatusCodePages(context => AnswerAsync(context.HttpContext, Problem.Of(context.HttpContext)));
        // A page that refuses a form has said already that it is HTML, and then says nothing.
        app.Use(async (context, next) =>
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status400BadRequest } && !HttpMethods.IsGet(context.Request.Method)
                && context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null)
            {
                context.Response.ContentType = null;
            }
        });
        // An address without a page has one that knows the way back, with everything around it.
        app.UseWhen(context => IsNavigation(context.Request), pages => pages
            .UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true)
            .Use(async (context, next) =>
            {
                var page = context.Features.Get<IStatusCodePagesFeature>()!;
                await next(context);
                page.Enabled &= context.Response.StatusCode == StatusCodes.Status404NotFound;
            }));
    }

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = Problem.Of(exception, httpContext.Request);
        if (problem.Status >= StatusCodes.Status500InternalServerError)
        {
            log.Add(httpContext, exception, problem.Status);
        }
        await (MlflowApi.Owns(httpContext.Request.Path) ? MlflowError.Write(httpContext, MlflowError.Of(exception, problem)) : AnswerAsync(httpContext, problem));
        return true;
    }

    private static Task AnswerAsync(HttpContext context, Problem problem)
    {
        context.Response.StatusCode = problem.Status;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = DatabaseOutage.RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        }
        return MlflowApi.Owns(context.Request.Path) ? MlflowError.Write(context, MlflowError.Of(problem))
            : IsNavigation(context.Request)
            ? FailurePage.Show(context, problem).ExecuteAsync(context)
            : TypedResults.Problem(Details(problem, FailureLog.TraceId(context))).ExecuteAsync(context);
    }

    private static ProblemDetails Details(Problem problem, string traceId)
    {
        var details = new ProblemDetails { Status = problem.Status, Detail = problem.Detail, Extensions = { ["traceId"] = traceId } };
        if (problem.Field is { } field)
        {
            details.Extensions["errors"] = new Dictionary<string, string[]> { [field] = [problem.Detail] };
        }
        return details;
    }

    /// <summary>Whether a browser goes to a page, and no script or program asks.</summary>
    private static bool IsNavigation(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);
}
