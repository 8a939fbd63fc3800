using Workbench.Core.Access;
using Workbench.Core.Tracking;
using Workbench.Security;

namespace Workbench.Mlflow;

/// <summary>What runs read and made: datasets, logged models.</summary>
internal static class InputEndpoints
{
    // MLflow's own server takes 20.
    private const int MostExperiments = 100;

    public static void Map(RouteGroupBuilder group)
    {
        group.MapPost("/runs/log-inputs", LogInputsAsync);
        group.MapPost("/runs/outputs", LogOutputsAsync);
        group.MapPost("/experiments/search-datasets", SearchDatasetsAsync).Require(Scope.Read);
    }

    private static async Task<IResult> LogInputsAsync(Message request, RunLinks inputs, CancellationToken ct)
    {
        var datasets = request.Items("datasets").Select(Read).ToList();
        var models = request.Items("models").Select(model => LoggedModelId.Read(model.Required("model_id"))).ToList();
        var run = request.RunId();
        if (datasets.Count + models.Count == 0)
        {
            throw request.Missing("datasets");
        }
        await inputs.LogInputsAsync(run, datasets, models, ct);
        return MlflowApi.Done;
    }

    private static async Task<IResult> LogOutputsAsync(Message request, RunLinks inputs, CancellationToken ct)
    {
        var models = request.Items("models").Select(model => (LoggedModelId.Read(model.Required("model_id")), model.Whole("step") ?? 0)).ToList();
        await inputs.LogOutputsAsync(request.RunId(), models, ct);
        return MlflowApi.Done;
    }

    private static async Task<IResult> SearchDatasetsAsync(Message request, RunLinks inputs, CancellationToken ct)
    {
        var given = request.Texts("experiment_ids");
        if (given.Count is 0 or > MostExperiments)
        {
            throw new FieldException("experiment_ids", given.Count == 0
                ? "SearchDatasets request must specify at least one experiment_id."
                : $"SearchDatasets request cannot specify more than {MostExperiments} experiment_ids. Received {given.Count} experiment_ids.");
        }
        var experiments = given.Select(id => Limits.ExperimentId(id, "experiment_ids")).ToList();
        var found = await inputs.DatasetsAsync(experiments, ct);
        return MlflowApi.Answer(new
        {
            DatasetSummaries = MlflowJson.Some(found.Select(use =>
                new { ExperimentId = FormattableString.Invariant($"{use.ExperimentId}"), use.Name, use.Digest, use.Context })),
        });
    }

    private static InputDataset Read(Message input)
    {
        var dataset = input.Item("dataset") ?? throw input.Missing("dataset");
        return new(
            new TrackedDataset
            {
                Name = Fitting(dataset, "name", 500),
                Digest = Fitting(dataset, "digest", 36),
                SourceType = dataset.Required("source_type"),
                Source = Fitting(dataset, "source", 65_535),
                Schema = dataset.Text("schema"),
                Profile = dataset.Text("profile"),
            },
            input.Tags("tags", Limits.Tag));
    }

    private static string Fitting(Message dataset, string field, int most) => dataset.Required(field) is var text && text.Length <= most
        ? text
        : throw dataset.Invalid(field, $"It has {text.Length} characters; {most} is the most.");
}
