using Workbench.Core.Access;
using Workbench.Security;

namespace Workbench.Mlflow;

/// <summary>MLflow's REST API: what its clients, 1 to 3, ask of a tracking server. Traces, scorers, webhooks and GraphQL are not part of it.</summary>
internal static class MlflowApi
{
    private static readonly string[] Bases = ["/api/2.0", "/ajax-api/2.0"];
    private static readonly string[] All = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>Whether a path belongs to it: its answers, also those to what goes wrong, have a form of their own.</summary>
    public static bool Owns(PathString path) => path == ArtifactListEndpoints.OfRun || path == ArtifactListEndpoints.OfVersion || Bases.Any(start =>
        path.StartsWithSegments($"{start}/mlflow", StringComparison.Ordinal) || path.StartsWithSegments($"{start}/mlflow-artifacts", StringComparison.Ordinal));

    /// <summary>Maps it.</summary>
    public static void MapMlflow(this IEndpointRouteBuilder app)
    {
        foreach (var start in Bases)
        {
            var group = app.MapGroup($"{start}/mlflow").ExcludeFromDescription();
            ExperimentEndpoints.Map(group);
            RunEndpoints.Map(group);
            LoggingEndpoints.Map(group);
            MetricEndpoints.Map(group);
            InputEndpoints.Map(group);
            LoggedModelEndpoints.Map(group);
            RegisteredModelEndpoints.Map(group);
            ModelVersionEndpoints.Map(group);
            ArtifactListEndpoints.Map(group);
            ArtifactEndpoints.Map(app.MapGroup($"{start}/mlflow-artifacts").ExcludeFromDescription());
            foreach (var name in (string[])["mlflow", "mlflow-artifacts"])
            {
                app.MapMethods($"{start}/{name}/{{**rest}}", All, (HttpContext context) => MlflowError.Write(context, MlflowError.OfEndpoint(context)))
                    .ExcludeFromDescription().Require(Scope.Read);
            }
        }
        app.MapArtifactDownloads();
    }

    /// <summary>Answers with a message.</summary>
    public static IResult Answer(object value) => Results.Json(value, MlflowJson.Options);

    /// <summary>Answers with an empty message.</summary>
    public static IResult Done => Results.Json(new object(), MlflowJson.Options);
}
