using Workbench.Core.Access;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Workbench.Security;

namespace Workbench.Mlflow;

/// <summary>Registered models and their aliases.</summary>
internal static class RegisteredModelEndpoints
{
    private const int UsualResults = 100;

    public static void Map(RouteGroupBuilder group)
    {
        var models = group.MapGroup("/registered-models");
        models.MapPost("/create", CreateAsync);
        models.MapGet("/get", (Message request, ModelQueries queries, CancellationToken ct) => AnswerAsync(request.Required("name"), queries, ct));
        models.MapGet("/search", SearchAsync);
        models.MapGet("/list", SearchAsync);
        models.MapPost("/rename", RenameAsync);
        models.MapPatch("/update", UpdateAsync);
        models.MapDelete("/delete", async (Message request, ModelStore store, CancellationToken ct) =>
        {
            await store.DeleteAsync(request.Required("name"), ct);
            return MlflowApi.Done;
        });
        models.MapPost("/set-tag", async (Message request, ModelStore store, CancellationToken ct) =>
        {
            await store.TagAsync(request.Required("name"), request.Name("Tag"), request.ModelTag(), ct);
            return MlflowApi.Done;
        });
        models.MapDelete("/delete-tag", async (Message request, ModelStore store, CancellationToken ct) =>
        {
            await store.TagAsync(request.Required("name"), request.Name("Tag"), null, ct);
            return MlflowApi.Done;
        });
        models.MapPost("/alias", SetAliasAsync);
        models.MapDelete("/alias", RemoveAliasAsync);
        models.MapGet("/alias", GetByAliasAsync);
        models.MapMethods("/get-latest-versions", ["GET", "POST"], LatestAsync).Require(Scope.Read);
    }

    private static async Task<IResult> CreateAsync(Message request, ModelStore store, ModelQueries queries, CancellationToken ct)
    {
        var name = request.Required("name");
        await store.CreateAsync(name, request.Text("description"), request.Tags("tags", Limits.ModelTag), ct);
        return await AnswerAsync(name, queries, ct);
    }

    private static async Task<IResult> RenameAsync(Message request, ModelStore store, ModelQueries queries, CancellationToken ct)
    {
        var name = request.Required("new_name");
        await store.RenameAsync(request.Required("name"), name, ct);
        return await AnswerAsync(name, queries, ct);
    }

    private static async Task<IResult> UpdateAsync(Message request, ModelStore store, ModelQueries queries, CancellationToken ct)
    {
        var name = request.Required("name");
        await store.DescribeAsync(name, request.Text("description") ?? "", ct);
        return await AnswerAsync(name, queries, ct);
    }

    private static async Task<IResult> SearchAsync(Message request, ModelQueries queries, CancellationToken ct)
    {
        var found = await queries.SearchAsync(
            request.Text("filter"), request.PageSize(UsualResults, ModelQueries.MostModels), request.Texts("order_by"), request.Text("page_token"), ct);
        return MlflowApi.Answer(new { RegisteredModels = MlflowJson.Some(found.Items.Select(RegisteredModelMessage.Of)), NextPageToken = found.NextToken });
    }

    private static async Task<IResult> SetAliasAsync(Message request, ModelRegistry registry, CancellationToken ct)
    {
        await registry.MoveAliasAsync(request.Required("name"), request.Required("alias"), request.Version(), ct);
        return MlflowApi.Done;
    }

    // That it is gone is what was asked for, also when it was not there.
    private static async Task<IResult> RemoveAliasAsync(Message request, ModelRegistry registry, ModelQueries queries, CancellationToken ct)
    {
        var (name, alias) = (request.Required("name"), request.Required("alias"));
        if ((await queries.GetAsync(name, ct)).Aliases.Any(known => known.Alias == alias))
        {
            await registry.RemoveAliasAsync(name, alias, ct);
        }
        return MlflowApi.Done;
    }

    private static async Task<IResult> GetByAliasAsync(Message request, ModelQueries queries, CancellationToken ct)
    {
        var (name, alias) = (request.Required("name"), request.Required("alias"));
        var found = (await queries.GetAsync(name, ct)).Aliases.FirstOrDefault(known => known.Alias == alias);
        return found.Alias is null
            ? throw new FieldException("alias", $"Registered model alias {alias} not found.")
            : MlflowApi.Answer(new { ModelVersion = ModelVersionMessage.Of(await queries.GetVersionAsync(name, found.Version, ct)) });
    }

    private static async Task<IResult> LatestAsync(Message request, ModelQueries queries, CancellationToken ct)
    {
        var stages = request.Texts("stages").Select(stage => ModelVersionEndpoints.Stage(stage, "stages")).ToList();
        var versions = await queries.LatestAsync(request.Required("name"), stages, ct);
        return MlflowApi.Answer(new { ModelVersions = MlflowJson.Some(versions.Select(ModelVersionMessage.Of)) });
    }

    private static async Task<IResult> AnswerAsync(string name, ModelQueries queries, CancellationToken ct) =>
        MlflowApi.Answer(new { RegisteredModel = RegisteredModelMessage.Of(await queries.GetAsync(name, ct)) });
}

/// <summary>A registered model as clients see it.</summary>
internal sealed record RegisteredModelMessage(
    string Name, long CreationTimestamp, long LastUpdatedTimestamp, string? Description, IReadOnlyList<ModelVersionMessage>? LatestVersions,
    IReadOnlyList<MlflowJson.Pair>? Tags, IReadOnlyList<AliasMessage>? Aliases)
{
    public static RegisteredModelMessage Of(FoundRegistered model) => new(
        model.Name, model.CreatedAt.ToUnixTimeMilliseconds(), model.UpdatedAt.ToUnixTimeMilliseconds(), model.Note,
        MlflowJson.Some(model.Latest.Select(ModelVersionMessage.Of)), MlflowJson.Pairs(model.Tags),
        MlflowJson.Some(model.Aliases.Select(alias => new AliasMessage(alias.Alias, FormattableString.Invariant($"{alias.Version}")))));
}

internal sealed record AliasMessage(string Alias, string Version);
