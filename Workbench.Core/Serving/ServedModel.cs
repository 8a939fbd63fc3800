using System.Diagnostics;
using Workbench.Core.Models;
using Workbench.Core.Preparations;
using Workbench.Core.Telemetry;

namespace Workbench.Core.Serving;

/// <summary>A version of a model that is ready to answer. Safe for use by several threads.</summary>
public sealed class ServedModel
{
    private readonly BatchingModel _network;

    internal ServedModel(string model, int version, ModelManifest manifest, Preparation preparation, BatchingModel network) =>
        (Model, Version, Manifest, Preparation, _network) = (model, version, manifest, preparation, network);

    /// <summary>The model's name.</summary>
    public string Model { get; }

    /// <summary>The number of the version.</summary>
    public int Version { get; }

    /// <summary>What it is.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>How its pictures are prepared.</summary>
    public Preparation Preparation { get; }

    /// <summary>Predicts one prepared picture.</summary>
    /// <param name="image">As <see cref="Preparation"/> makes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Prediction> PredictAsync(float[] image, CancellationToken cancellationToken = default)
    {
        using var span = Spans.Source.StartActivity("predict");
        var started = Stopwatch.GetTimestamp();
        var probabilities = await _network.PredictAsync(image).WaitAsync(cancellationToken);
        var best = Array.IndexOf(probabilities, probabilities.Max());
        Measure(span, started);
        return new Prediction(Manifest.Classes[best], probabilities, Manifest.Classes, Model, Version);
    }

    private void Measure(Activity? span, long started)
    {
        span?.SetTag("workbench.model", Model).SetTag("workbench.version", Version);
        if (Instruments.Predictions.Enabled)
        {
            Instruments.Predictions.Add(1, new("workbench.model", Model), new("workbench.version", Version));
            Instruments.PredictionDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }
}
