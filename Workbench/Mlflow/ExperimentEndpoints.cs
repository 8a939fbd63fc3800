using Workbench.Core.Access;
using Workbench.Core.Tracking;
using Workbench.Security;

namespace Workbench.Mlflow;

/// <summary>Experiments.</summary>
internal static class ExperimentEndpoints
{
    private const int UsualResults = 1_000;

    public static void Map(RouteGroupBuilder group)
    {
        var experiments = group.MapGroup("/experiments");
        experiments.MapPost("/create", CreateAsync);
        experiments.MapGet("/get", GetAsync);
        experiments.MapGet("/get-by-name", GetByNameAsync);
        experiments.MapMethods("/search", ["GET", "POST"], SearchAsync).Require(Scope.Read);
        experiments.MapGet("/list", SearchAsync);
        experiments.MapPost("/update", async (Message request, ExperimentStore store, CancellationToken ct) =>
        {
            await store.RenameAsync(request.ExperimentId(), request.Required("new_name"), ct);
            return MlflowApi.Done;
        });
        experiments.MapPost("/delete", async (Message request, ExperimentStore store, CancellationToken ct) =>
        {
            await store.DeleteAsync(request.ExperimentId(), ct);
            return MlflowApi.Done;
        });
        experiments.MapPost("/restore", async (Message request, ExperimentStore store, CancellationToken ct) =>
        {
            await store.RestoreAsync(request.ExperimentId(), ct);
            return MlflowApi.Done;
        });
        experiments.MapPost("/set-experiment-tag", SetTagAsync);
        experiments.MapPost("/delete-experiment-tag", DeleteTagAsync);
    }

    private static async Task<IResult> CreateAsync(Message request, ExperimentStore store, CancellationToken ct)
    {
        var location = request.Text("artifact_location") is { Length: > 0 } given ? given : null;
        if (location is not null && (location.Contains('#', StringComparison.Ordinal) || location.Contains(';', StringComparison.Ordinal)))
        {
            throw request.Invalid("artifact_location", "'artifact_location' URL can't include fragments or params.");
        }
        if (location is not null && location.Split('?') is [_, var query, ..] && query.Contains("..", StringComparison.Ordinal))
        {
            throw request.Invalid("artifact_location", "Invalid query string: it holds '..'.");
        }
        var id = await store.CreateAsync(request.Required("name"), location?.TrimEnd('/'), request.Tags("tags", Limits.ExperimentTag), ct);
        return MlflowApi.Answer(new { ExperimentId = FormattableString.Invariant($"{id}") });
    }

    private static async Task<IResult> GetAsync(Message request, ExperimentStore store, CancellationToken ct) =>
        MlflowApi.Answer(new { Experiment = ExperimentMessage.Of(await store.GetAsync(request.ExperimentId(), ct)) });

    private static async Task<IResult> GetByNameAsync(Message request, ExperimentStore store, CancellationToken ct)
    {
        var name = request.Required("experiment_name");
        return MlflowApi.Answer(new
        {
            Experiment = ExperimentMessage.Of(await store.FindAsync(name, ct) ?? throw new NotFoundException($"Could not find experiment with name '{name}'")),
        });
    }

    private static async Task<IResult> SearchAsync(Message request, ExperimentQueries queries, CancellationToken ct)
    {
        var found = await queries.SearchAsync(
            request.Text("filter"), request.View("view_type"), request.PageSize(UsualResults, ExperimentQueries.MostResults), request.Texts("order_by"),
            request.Text("page_token"), ct);
        return MlflowApi.Answer(new { Experiments = MlflowJson.Some(found.Items.Select(ExperimentMessage.Of)), NextPageToken = found.NextToken });
    }

    private static async Task<IResult> SetTagAsync(Message request, ExperimentStore store, CancellationToken ct)
    {
        await store.SetTagAsync(request.ExperimentId(), request.Name("Tag"), Limits.Cut(request.Text("value") ?? "", Limits.ExperimentTag), ct);
        return MlflowApi.Done;
    }

    private static async Task<IResult> DeleteTagAsync(Message request, ExperimentStore store, CancellationToken ct)
    {
        await store.RemoveTagAsync(request.ExperimentId(), request.Name("Tag"), ct);
        return MlflowApi.Done;
    }
}

/// <summary>An experiment as clients see it.</summary>
internal sealed record ExperimentMessage(
    string ExperimentId, string Name, string ArtifactLocation, string LifecycleStage, long LastUpdateTime, long CreationTime, IReadOnlyList<MlflowJson.Pair>? Tags)
{
    public static ExperimentMessage Of(Experiment experiment)
    {
        var id = FormattableString.Invariant($"{experiment.Id}");
        var tags = new Dictionary<string, string>(experiment.Tags);
        if (experiment.Note is { } note)
        {
            tags["mlflow.note.content"] = note;
        }
        return new(
            id, experiment.Name, experiment.ArtifactLocation ?? $"mlflow-artifacts:/{id}", experiment.DeletedAt is null ? "active" : "deleted",
            experiment.UpdatedAt.ToUnixTimeMilliseconds(), experiment.CreatedAt.ToUnixTimeMilliseconds(), MlflowJson.Pairs(tags));
    }
}
