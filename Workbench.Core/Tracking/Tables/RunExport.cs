using System.Globalization;
using System.Runtime.CompilerServices;

namespace Workbench.Core.Tracking.Tables;

/// <summary>
/// Runs as CSV for other programs: a line a run, with the last values of its metrics, its params and its tags. The runs are read twice, for
/// the columns and for the lines, a page at a time: what is in memory does not grow with the table.
/// </summary>
public sealed class RunExport(TrackedRunQueries runs)
{
    private const int PageSize = 1_000;

    // Those of MLflow's own say how a run came about; no table is sorted by them.
    private const string OwnTags = "mlflow.";

    private static readonly string[] Fixed = ["run_id", "name", "state", "started", "finished", "user"];

    /// <summary>The lines, with their ends; the first has the names of the columns.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="filter">A filter in MLflow's language and beyond it; blank for all.</param>
    /// <param name="order">A clause such as <c>metrics.loss ASC</c>; blank for the latest first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FieldException">The filter or the order is wrong; thrown before there is a line.</exception>
    public async Task<IAsyncEnumerable<string>> LinesAsync(long experiment, string? filter, string? order, CancellationToken cancellationToken = default)
    {
        var (metrics, parameters, tags) = (new SortedSet<string>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal));
        await foreach (var run in ReadAsync(experiment, filter, order, cancellationToken))
        {
            metrics.UnionWith(run.Metrics.Select(metric => metric.Key));
            parameters.UnionWith(run.Params.Keys);
            tags.UnionWith(run.Tags.Keys.Where(key => !key.StartsWith(OwnTags, StringComparison.Ordinal)));
        }
        return WriteAsync(ReadAsync(experiment, filter, order, cancellationToken), [.. metrics], [.. parameters], [.. tags], cancellationToken);
    }

    private async IAsyncEnumerable<TrackedRun> ReadAsync(
        long experiment, string? filter, string? order, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? token = null;
        do
        {
            var page = await runs.SearchAsync(
                [experiment], filter, DeletionView.Active, PageSize, string.IsNullOrWhiteSpace(order) ? [] : [order], token, cancellationToken);
            foreach (var run in page.Items)
            {
                yield return run;
            }
            token = page.NextToken;
        }
        while (token is not null);
    }

    private static async IAsyncEnumerable<string> WriteAsync(
        IAsyncEnumerable<TrackedRun> found, string[] metrics, string[] parameters, string[] tags, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Csv.ByteOrderMark + Csv.Line(
            [.. Fixed, .. metrics.Select(key => $"metrics.{key}"), .. parameters.Select(key => $"params.{key}"), .. tags.Select(key => $"tags.{key}")]);
        await foreach (var run in found.WithCancellation(cancellationToken))
        {
            var last = run.Metrics.ToDictionary(metric => metric.Key, metric => metric.Value);
            yield return Csv.Line(
            [
                run.Uuid.ToString("N"), run.Name, run.State.ToString().ToLowerInvariant(), Csv.Time(run.StartedAt), run.FinishedAt is { } ended ? Csv.Time(ended) : "", run.UserName ?? "",
                .. metrics.Select(key => last.TryGetValue(key, out var value) ? value.ToString("R", CultureInfo.InvariantCulture) : ""),
                .. parameters.Select(key => run.Params.GetValueOrDefault(key, "")),
                .. tags.Select(key => run.Tags.GetValueOrDefault(key, "")),
            ]);
        }
    }
}
