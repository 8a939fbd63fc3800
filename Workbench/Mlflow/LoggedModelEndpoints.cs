using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Workbench.Core.Access;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Workbench.Security;

namespace Workbench.Mlflow;

/// <summary>Logged models, as MLflow 3 has them.</summary>
internal static class LoggedModelEndpoints
{
    private const int UsualResults = 50;
    private static readonly SearchValues<char> NotInNames = SearchValues.Create("/:.%\"'");

    public static void Map(RouteGroupBuilder group)
    {
        var models = group.MapGroup("/logged-models");
        models.MapPost("", CreateAsync);
        models.MapPost("/search", SearchAsync).Require(Scope.Read);
        models.MapGet("/{id}", async (string id, LoggedModels store, CancellationToken ct) =>
            MlflowApi.Answer(new { Model = LoggedModelMessage.Of(await store.GetAsync(LoggedModelId.Read(id), ct)) }));
        models.MapPatch("/{id}", FinishAsync);
        models.MapDelete("/{id}", async (string id, LoggedModels store, CancellationToken ct) =>
        {
            await store.DeleteAsync(LoggedModelId.Read(id), ct);
            return MlflowApi.Done;
        });
        models.MapPatch("/{id}/tags", SetTagsAsync);
        models.MapDelete("/{id}/tags/{**key}", async (string id, string key, LoggedModels store, CancellationToken ct) =>
        {
            await store.RemoveTagAsync(LoggedModelId.Read(id), key, ct);
            return MlflowApi.Done;
        });
        models.MapPost("/{id}/params", AddParamsAsync);
        models.MapGet("/{id}/artifacts/directories", DirectoriesAsync);
        models.MapGet("/{id}/artifacts/files", FileAsync);
    }

    private static async Task<IResult> CreateAsync(Message request, LoggedModels store, CancellationToken ct)
    {
        var name = request.Text("name") is { Length: > 0 } given ? given : RunNames.Next();
        if (name.Length > Limits.ModelTag || name.AsSpan().ContainsAny(NotInNames))
        {
            throw request.Invalid("name", "Invalid model name: it must be a non-empty string without the characters / : . % \" '.");
        }
        var run = request.Text("source_run_id") is { Length: > 0 } source ? source : null;
        var id = await store.CreateAsync(
            new LoggedModel
            {
                ExperimentId = request.ExperimentId(),
                Name = name,
                ModelType = request.Text("model_type"),
                Params = request.Tags("params", Limits.Param),
                Tags = request.Tags("tags", Limits.Tag),
            },
            run,
            ct);
        return MlflowApi.Answer(new { Model = LoggedModelMessage.Of(await store.GetAsync(id, ct)) });
    }

    private static async Task<IResult> SearchAsync(Message request, LoggedModels store, CancellationToken ct)
    {
        var found = await store.SearchAsync(
            [.. request.Texts("experiment_ids").Select(id => Limits.ExperimentId(id, "experiment_ids"))], request.Text("filter"),
            [.. request.Items("datasets").Select(Dataset)], request.PageSize(UsualResults, LoggedModels.MostResults),
            [.. request.Items("order_by").Select(Clause)], request.Text("page_token"), ct);
        return MlflowApi.Answer(new { Models = MlflowJson.Some(found.Items.Select(LoggedModelMessage.Of)), NextPageToken = found.NextToken });
    }

    private static (string Name, string? Digest) Dataset(Message dataset) => dataset.Text("dataset_name") is { Length: > 0 } name
        ? (name, Given(dataset, "dataset_digest"))
        : throw new FieldException(dataset.Path("dataset_name"), "`dataset_name` in the `datasets` clause must be specified.");

    private static ModelOrder Clause(Message clause) => new(
        clause.Required("field_name"), clause.Has("ascending") && !clause.Flag("ascending"), Given(clause, "dataset_name"), Given(clause, "dataset_digest"));

    private static string? Given(Message message, string field) => message.Text(field) is { Length: > 0 } text ? text : null;

    private static async Task<IResult> FinishAsync(string id, Message request, LoggedModels store, CancellationToken ct)
    {
        var state = (request.Word("status") ?? throw request.Missing("status")) switch
        {
            "LOGGED_MODEL_PENDING" or "PENDING" or "1" => VersionState.Pending,
            "LOGGED_MODEL_READY" or "READY" or "2" => VersionState.Ready,
            "LOGGED_MODEL_UPLOAD_FAILED" or "FAILED" or "3" => VersionState.Failed,
            _ => throw request.Invalid("status", "It must be LOGGED_MODEL_READY or LOGGED_MODEL_UPLOAD_FAILED."),
        };
        await store.FinishAsync(LoggedModelId.Read(id), state, ct);
        return MlflowApi.Answer(new { Model = LoggedModelMessage.Of(await store.GetAsync(LoggedModelId.Read(id), ct)) });
    }

    private static async Task<IResult> SetTagsAsync(string id, Message request, LoggedModels store, CancellationToken ct)
    {
        await store.SetTagsAsync(LoggedModelId.Read(id), request.Tags("tags", Limits.Tag), ct);
        return MlflowApi.Answer(new { Model = LoggedModelMessage.Of(await store.GetAsync(LoggedModelId.Read(id), ct)) });
    }

    private static async Task<IResult> AddParamsAsync(string id, Message request, LoggedModels store, CancellationToken ct)
    {
        await store.AddParamsAsync(LoggedModelId.Read(id), request.Tags("params", Limits.Param), ct);
        return MlflowApi.Done;
    }

    private static async Task<IResult> DirectoriesAsync(string id, Message request, LoggedModels store, RunArtifacts artifacts, CancellationToken ct)
    {
        var found = await store.GetAsync(LoggedModelId.Read(id), ct);
        var path = request.Text("artifact_directory_path") ?? request.Text("path") ?? "";
        return MlflowApi.Answer(await ArtifactListEndpoints.ListAsync(artifacts, LoggedModelMessage.PathOf(found.Model), path, ct));
    }

    private static async Task<IResult> FileAsync(
        string id, Message request, HttpContext context, LoggedModels store, RunArtifacts artifacts, CancellationToken ct)
    {
        var found = await store.GetAsync(LoggedModelId.Read(id), ct);
        return await ArtifactEndpoints.SendAsync(
            context, artifacts, $"{LoggedModelMessage.PathOf(found.Model)}/{ArtifactListEndpoints.Path(request, "artifact_file_path")}", ct);
    }
}

/// <summary>The identities of logged models: <c>m-</c> and 32 digits.</summary>
internal static class LoggedModelId
{
    public static string Of(Guid id) => $"m-{id:N}";

    /// <exception cref="NotFoundException">It is none.</exception>
    public static Guid Read(string text) => text.StartsWith("m-", StringComparison.Ordinal) && Guid.TryParseExact(text.AsSpan(2), "N", out var id)
        ? id
        : throw new NotFoundException($"Logged model with ID '{text}' not found.");
}

/// <summary>A logged model as clients see it.</summary>
internal sealed record LoggedModelMessage(LoggedModelInfo Info, LoggedModelData Data)
{
    public static LoggedModelMessage Of(FoundModel found) => new(
        new LoggedModelInfo(
            LoggedModelId.Of(found.Model.Id), FormattableString.Invariant($"{found.Model.ExperimentId}"), found.Model.Name,
            found.Model.CreatedAt.ToUnixTimeMilliseconds(), found.Model.UpdatedAt.ToUnixTimeMilliseconds(),
            $"mlflow-artifacts:/{PathOf(found.Model)}",
            found.Model.State switch
            {
                VersionState.Ready => "LOGGED_MODEL_READY",
                VersionState.Failed => "LOGGED_MODEL_UPLOAD_FAILED",
                _ => "LOGGED_MODEL_PENDING",
            },
            found.Model.StateReason, found.Model.ModelType, found.SourceRun, MlflowJson.Pairs(Tags(found)),
            MlflowJson.Some(found.Registrations.Select(version => new ModelRegistration(version.Name, FormattableString.Invariant($"{version.Version}"))))),
        new LoggedModelData(
            MlflowJson.Pairs(found.Model.Params),
            MlflowJson.Some(found.Metrics.Select(value => new LoggedModelMetricMessage(
                value.Metric.Key, value.Metric.Value, value.Metric.Timestamp, value.Metric.Step, LoggedModelId.Of(found.Model.Id), value.Run.ToString("N"),
                value.DatasetName, value.DatasetDigest)))));

    // MLflow's server writes down here, as Python does, what it was registered as; its pages read it.
    private static Dictionary<string, string> Tags(FoundModel found)
    {
        var tags = new Dictionary<string, string>(found.Model.Tags);
        if (found.Registrations.Count > 0)
        {
            tags["mlflow.modelVersions"] = $"[{string.Join(", ", found.Registrations.Select(version =>
                $$"""{"name": {{JsonSerializer.Serialize(version.Name)}}, "version": {{version.Version.ToString(CultureInfo.InvariantCulture)}}}"""))}]";
        }
        return tags;
    }

    /// <summary>Where its files are, beneath those of all runs.</summary>
    public static string PathOf(LoggedModel model) => FormattableString.Invariant($"{model.ExperimentId}/models/{LoggedModelId.Of(model.Id)}/artifacts");
}

internal sealed record LoggedModelInfo(
    string ModelId, string ExperimentId, string Name, long CreationTimestampMs, long LastUpdatedTimestampMs, string ArtifactUri, string Status,
    string? StatusMessage, string? ModelType, string? SourceRunId, IReadOnlyList<MlflowJson.Pair>? Tags, IReadOnlyList<ModelRegistration>? Registrations);

internal sealed record ModelRegistration(string Name, string Version);

internal sealed record LoggedModelData(IReadOnlyList<MlflowJson.Pair>? Params, IReadOnlyList<LoggedModelMetricMessage>? Metrics);

internal sealed record LoggedModelMetricMessage(
    string Key, double Value, long Timestamp, long Step, string ModelId, string RunId, string? DatasetName, string? DatasetDigest);
