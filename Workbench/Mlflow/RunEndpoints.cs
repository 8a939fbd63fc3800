using Workbench.Core.Access;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Security;

namespace Workbench.Mlflow;

/// <summary>Runs: what they are. What is logged into them is <see cref="LoggingEndpoints"/>'.</summary>
internal static class RunEndpoints
{
    private const int UsualResults = 1_000;
    private const string NameTag = "mlflow.runName";

    public static void Map(RouteGroupBuilder group)
    {
        var runs = group.MapGroup("/runs");
        runs.MapPost("/create", CreateAsync);
        runs.MapGet("/get", GetAsync);
        runs.MapPost("/update", UpdateAsync);
        runs.MapPost("/search", SearchAsync).Require(Scope.Read);
        runs.MapPost("/delete", async (Message request, TrackedRuns tracked, CancellationToken ct) =>
        {
            await tracked.SetDeletedAsync(request.RunId(), true, ct);
            return MlflowApi.Done;
        });
        runs.MapPost("/restore", async (Message request, TrackedRuns tracked, CancellationToken ct) =>
        {
            await tracked.SetDeletedAsync(request.RunId(), false, ct);
            return MlflowApi.Done;
        });
    }

    private static async Task<IResult> CreateAsync(Message request, TrackedRuns tracked, TrackedRunQueries queries, CancellationToken ct)
    {
        var tags = request.Tags("tags", Limits.Tag);
        var name = request.Text("run_name") is { Length: > 0 } given ? Named(request, "run_name", given) : null;
        if (tags.Remove(NameTag, out var tagged) && tagged.Length > 0)
        {
            if (name is not null && name != tagged)
            {
                throw request.Invalid(
                    "run_name", $"Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='{name}', mlflow.runName='{tagged}').");
            }
            name = tagged;
        }
        var experiment = request.Text("experiment_id") is { Length: > 0 } ? request.ExperimentId() : Experiment.Default;
        var user = request.Text("user_id") is { Length: > 0 } id ? id : tags.GetValueOrDefault("mlflow.user");
        var run = await tracked.CreateAsync(experiment, name ?? RunNames.Next(), user, request.Moment("start_time"), tags, ct);
        return MlflowApi.Answer(new { Run = RunMessage.Of(await queries.GetAsync(run, ct)) });
    }

    private static async Task<IResult> GetAsync(Message request, TrackedRunQueries queries, CancellationToken ct) =>
        MlflowApi.Answer(new { Run = RunMessage.Of(await queries.GetAsync(request.RunId(), ct)) });

    private static async Task<IResult> UpdateAsync(Message request, TrackedRuns tracked, TrackedRunQueries queries, CancellationToken ct)
    {
        var run = request.RunId();
        var name = request.Text("run_name") is { Length: > 0 } given ? Named(request, "run_name", given) : null;
        await tracked.UpdateAsync(run, RunInfo.State(request), request.Moment("end_time"), name, ct);
        return MlflowApi.Answer(new { RunInfo = RunInfo.Of(await queries.GetAsync(run, ct)) });
    }

    private static async Task<IResult> SearchAsync(Message request, TrackedRunQueries queries, CancellationToken ct)
    {
        var experiments = request.Texts("experiment_ids").Select(id => Limits.ExperimentId(id, "experiment_ids")).ToList();
        var found = await queries.SearchAsync(
            experiments, request.Text("filter"), request.View("run_view_type"), request.PageSize(UsualResults, TrackedRunQueries.MostResults),
            request.Texts("order_by"), request.Text("page_token"), ct);
        return MlflowApi.Answer(new { Runs = MlflowJson.Some(found.Items.Select(RunMessage.Of)), NextPageToken = found.NextToken });
    }

    private static string Named(Message request, string field, string name) =>
        name.Length <= Limits.Tag ? name : throw request.Invalid(field, $"It has {name.Length} characters; {Limits.Tag} is the most.");
}
