using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Workbench.Core.Artifacts;
using Workbench.Core.Registry;
using Workbench.Core.Telemetry;
using Workbench.Core.Text;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Core.Serving;

/// <summary>What a model says of an image.</summary>
/// <param name="Class">The most probable class.</param>
/// <param name="Probabilities">By class, in the order of <paramref name="Classes"/>; they sum to 1.</param>
/// <param name="Classes">The names of the classes.</param>
/// <param name="Model">The model that answered.</param>
/// <param name="Version">Its version.</param>
public sealed record Prediction(string Class, IReadOnlyList<float> Probabilities, IReadOnlyList<string> Classes, string Model, int Version);

/// <summary>Answers predictions. Models stay loaded; a promotion or a rollback, by whatever process, is served from the next request on.</summary>
public sealed class Predictor : IDisposable
{
    // A model is about a megabyte, and few are asked for besides the one in production.
    private const int MostLoaded = 8;

    private readonly IDbContextFactory<WorkbenchDb> _databases;
    private readonly ModelWeights _weights;
    private readonly IDisposable _subscription;
    private readonly ConcurrentDictionary<(string? Model, int? Version), Served> _resolved = new();
    private readonly ConcurrentDictionary<(long ModelId, int Version), Lazy<Task<BatchingModel>>> _loaded = new();
    private int _generation;

    /// <summary>Starts without a model; the first request loads it.</summary>
    public Predictor(IDbContextFactory<WorkbenchDb> databases, ModelWeights weights, ChangeFeed feed)
    {
        (_databases, _weights) = (databases, weights);
        _subscription = feed.Subscribe(change => change.Kind == ChangeKind.Model, OnModelsChanged, TimeSpan.FromMilliseconds(50));
    }

    /// <summary>Predicts one image.</summary>
    /// <param name="image">28×28 bytes, row by row, 0 = background, 255 = ink.</param>
    /// <param name="model">The registered model; null for the most recently promoted one.</param>
    /// <param name="version">Its version; null for the one in production.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NoModelException">No model was asked for, and none is in production.</exception>
    /// <exception cref="NotFoundException">There is no such model or version.</exception>
    /// <exception cref="ArtifactStoreException">The model has to be fetched, and the store can't be reached or has it no more as it was registered.</exception>
    public async Task<Prediction> PredictAsync(
        ReadOnlyMemory<byte> image, string? model = null, int? version = null, CancellationToken cancellationToken = default)
    {
        using var span = Spans.Source.StartActivity("predict");
        var started = Stopwatch.GetTimestamp();
        if (!_resolved.TryGetValue((model, version), out var served))
        {
            served = await ResolveAsync(model, version, cancellationToken);
        }
        var probabilities = await served.Network.PredictAsync(image).WaitAsync(cancellationToken);
        var classes = served.Network.Manifest.Classes;
        var best = Array.IndexOf(probabilities, probabilities.Max());
        Measure(span, served, started);
        return new Prediction(classes[best], probabilities, classes, served.Model, served.Version);
    }

    private static void Measure(Activity? span, Served served, long started)
    {
        span?.SetTag("workbench.model", served.Model).SetTag("workbench.version", served.Version);
        if (Instruments.Predictions.Enabled)
        {
            Instruments.Predictions.Add(1, new("workbench.model", served.Model), new("workbench.version", served.Version));
            Instruments.PredictionDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    /// <summary>Which model and version answers when none is asked for; null when nothing was promoted.</summary>
    public async Task<(string Model, int Version)?> DefaultAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db, null, null, cancellationToken) is { } found ? (found.Name, found.Version.Version) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();

    private async Task<Served> ResolveAsync(string? model, int? version, CancellationToken cancellationToken)
    {
        var generation = Volatile.Read(ref _generation);
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        var (name, found) = await FindAsync(db, model, version, cancellationToken)
            ?? throw (model is null
                ? new NoModelException()
                : new NotFoundException(version is null
                    ? $"There is no model named '{model}' with a version in production."
                    : $"There is no ready version {version} of a model named '{model}'."));
        var served = new Served(name, found.Version, await LoadAsync(name, found).WaitAsync(cancellationToken));
        _resolved[(model, version)] = served;
        if (generation != Volatile.Read(ref _generation))
        {
            // What was read may be out of date already: good for this request, not to be kept.
            _resolved.TryRemove((model, version), out _);
        }
        return served;
    }

    private static async Task<(string Name, ModelVersion Version)?> FindAsync(
        WorkbenchDb db, string? model, int? version, CancellationToken cancellationToken)
    {
        if (model is not null && !TextRule.IsStorable(model))
        {
            return null;
        }
        var candidates =
            from m in db.Models
            join v in db.Versions on m.Id equals v.ModelId
            where v.State == VersionState.Ready && (model == null || m.Name == model)
            select new { m.Name, Version = v };
        var chosen = version is not null
            ? candidates.Where(c => c.Version.Version == version)
            : from c in candidates
              join a in db.Aliases on new { c.Version.ModelId, c.Version.Version } equals new { a.ModelId, a.Version }
              where a.Alias == ModelAlias.Production
              orderby a.MovedAt descending
              select c;
        var found = await chosen.AsNoTracking().FirstOrDefaultAsync(cancellationToken);
        return found is null ? null : (found.Name, found.Version);
    }

    private async Task<BatchingModel> LoadAsync(string model, ModelVersion version)
    {
        var key = (version.ModelId, version.Version);
        var loading = _loaded.GetOrAdd(key, _ => new(() => ReadAsync(model, version)));
        try
        {
            return await loading.Value;
        }
        catch
        {
            _loaded.TryRemove(new(key, loading));
            throw;
        }
    }

    private async Task<BatchingModel> ReadAsync(string model, ModelVersion version)
    {
        await using var stream = await _weights.OpenAsync(model, version, CancellationToken.None);
        using var weights = new MemoryStream();
        await stream.CopyToAsync(weights);
        var manifest = JsonSerializer.Deserialize<ModelManifest>(version.Manifest!, JsonSerializerOptions.Web)!;
        return new BatchingModel(InferenceModel.Load(manifest, weights.GetBuffer().AsMemory(0, (int)weights.Length)));
    }

    private Task OnModelsChanged(IReadOnlyCollection<Change> changes)
    {
        Interlocked.Increment(ref _generation);
        _resolved.Clear();
        if (_loaded.Count > MostLoaded)
        {
            // Not disposed: a request may be using one. The garbage collector frees their weights.
            _loaded.Clear();
        }
        return Task.CompletedTask;
    }

    private sealed record Served(string Model, int Version, BatchingModel Network);
}

/// <summary>There is no model in production yet.</summary>
public sealed class NoModelException() : Exception("No model is in production yet. Promote a study first.");
