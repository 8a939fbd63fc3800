using System.Text;
using Workbench.Core.Tracking;

namespace Workbench.Core.Mirroring;

/// <summary>Gathers what is logged to a run, and sends it in requests as large as MLflow's servers take.</summary>
internal sealed class LogBatch(ServerClient server, string run)
{
    /// <summary>The most values of metrics in a request.</summary>
    public const int MostMetrics = 1000;

    private const int MostParams = 100;
    private const int MostTags = 100;
    private const int MostItems = 1000;

    // Of a megabyte; what is around a value takes less than this.
    private const int MostBytes = 900_000;
    private const int BytesAround = 100;

    private readonly List<Pair> _params = [];
    private readonly List<Pair> _tags = [];
    private readonly List<LoggedMetric> _metrics = [];
    private int _bytes;

    /// <summary>Adds a param.</summary>
    public Task AddParamAsync(Pair param, CancellationToken cancellationToken) => AddAsync(_params, param, MostParams, Bytes(param), cancellationToken);

    /// <summary>Adds a tag.</summary>
    public Task AddTagAsync(Pair tag, CancellationToken cancellationToken) => AddAsync(_tags, tag, MostTags, Bytes(tag), cancellationToken);

    /// <summary>Adds a value of a metric.</summary>
    public Task AddMetricAsync(LoggedMetric metric, CancellationToken cancellationToken) =>
        AddAsync(_metrics, metric, MostMetrics, Encoding.UTF8.GetByteCount(metric.Key), cancellationToken);

    /// <summary>Sends what was added and not sent yet.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_params.Count + _tags.Count + _metrics.Count > 0)
        {
            await server.SendAsync("runs/log-batch", new { RunId = run, Metrics = _metrics, Params = _params, Tags = _tags }, cancellationToken);
        }
        _params.Clear();
        _tags.Clear();
        _metrics.Clear();
        _bytes = 0;
    }

    private async Task AddAsync<T>(List<T> list, T item, int most, int bytes, CancellationToken cancellationToken)
    {
        if (list.Count == most || _params.Count + _tags.Count + _metrics.Count == MostItems || _bytes + bytes + BytesAround > MostBytes)
        {
            await FlushAsync(cancellationToken);
        }
        list.Add(item);
        _bytes += bytes + BytesAround;
    }

    private static int Bytes(Pair pair) => Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value);
}
