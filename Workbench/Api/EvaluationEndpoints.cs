using Workbench.Core.Evaluation;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Api;

/// <summary>What can be expected of a trial, and of the model versions that are built from it: its answers to what it was not trained on.</summary>
internal static class EvaluationEndpoints
{
    public static void MapEvaluation(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/studies/{name}/evaluation", OfStudyAsync).WithTags("Studies")
            .WithSummary("How a trial, the best unless another is asked for, answers what it was not trained on")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapGet("/api/models/{name}/versions/{version:int}/evaluation", OfVersionAsync).WithTags("Models")
            .WithSummary("What to expect of a version: how the trial it was built from answers what that was not trained on")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapGet("/api/models/{name}/versions/{version:int}/evaluation/against/{other:int}", AgainstAsync).WithTags("Models")
            .WithSummary("A version's evaluation beside that of another version of the model, which comes first")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<EvaluationResource> OfStudyAsync(string name, int? trial, Evaluations evaluations, CancellationToken ct) =>
        new(await evaluations.OfStudyAsync(name, trial, ct));

    private static async Task<EvaluationResource> OfVersionAsync(string name, int version, Evaluations evaluations, CancellationToken ct) =>
        new(await evaluations.OfVersionAsync(name, version, ct));

    private static async Task<ComparisonResource> AgainstAsync(string name, int version, int other, Evaluations evaluations, CancellationToken ct)
    {
        var (first, second) = (await evaluations.OfVersionAsync(name, other, ct), await evaluations.OfVersionAsync(name, version, ct));
        return new(
            second.Answers.Classes, second.Against(first, test: false),
            first.Answers.Test is not null && second.Answers.Test is not null ? second.Against(first, test: true) : null);
    }

    /// <summary>Two evaluations as clients see them.</summary>
    /// <param name="Classes">The names of the classes, in the order of the indices.</param>
    /// <param name="Validation">Of the pictures that the searches were judged on.</param>
    /// <param name="Test">Of the dataset's own test part; null unless both have one.</param>
    internal sealed record ComparisonResource(IReadOnlyList<string> Classes, EvaluationComparison Validation, EvaluationComparison? Test);

    /// <summary>An evaluation as clients see it.</summary>
    /// <param name="Study">The study.</param>
    /// <param name="Trial">The number of the trial.</param>
    /// <param name="Dataset">The dataset.</param>
    /// <param name="DatasetVersion">Its version.</param>
    /// <param name="Classes">The names of the classes, in the order of the indices.</param>
    /// <param name="Validation">Of the pictures that the search was judged on.</param>
    /// <param name="Test">Of the dataset's own test part, which the search does not see; null when it has none.</param>
    internal sealed record EvaluationResource(
        string Study, int Trial, string Dataset, int? DatasetVersion, IReadOnlyList<string> Classes, EvaluationReport Validation, EvaluationReport? Test)
    {
        public EvaluationResource(TrialEvaluation evaluation)
            : this(
                evaluation.Study.Name, evaluation.Trial, evaluation.Study.Dataset!, evaluation.Study.DatasetVersion, evaluation.Answers.Classes,
                EvaluationReport.Of(evaluation.Answers.Validation, evaluation.Answers.Classes),
                evaluation.Answers.Test is { } test ? EvaluationReport.Of(test, evaluation.Answers.Classes) : null)
        {
        }
    }
}
