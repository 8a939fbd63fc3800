using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http.Extensions;
using Workbench.Core.Tracking;

namespace Workbench.Api;

/// <summary>What a person sees instead of a page that failed.</summary>
internal static class FailurePage
{
    /// <summary>Shows the page; for what passes by itself it is asked for again after a while.</summary>
    public static IResult Show(HttpContext context, Problem problem)
    {
        var passes = problem.Status == StatusCodes.Status503ServiceUnavailable;
        if (passes)
        {
            context.Response.Headers["Refresh"] = DatabaseOutage.RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        }
        var title = passes ? "Not available at the moment"
            : problem.Status >= StatusCodes.Status500InternalServerError ? "This page has run into a fault"
            : "The request is not right";
        var content = $"""
            <p>{Encode(problem.Detail)}{(passes ? " This page comes back by itself." : "")}</p>
            <p class="ways"><a class="button primary" href="{Encode(context.Request.GetEncodedPathAndQuery())}">Try again</a><a class="button" href="{Encode(context.Request.PathBase)}/">Go to the studies</a></p>
            <footer>Status {problem.Status} · trace {Encode(FailureLog.TraceId(context))}</footer>
            """;
        return StandalonePage.Show(context, problem.Status, title, content);
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
