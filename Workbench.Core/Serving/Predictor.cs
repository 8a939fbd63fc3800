using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Workbench.Core.Artifacts;
using Workbench.Core.Models;
using Workbench.Core.Pictures;
using Workbench.Core.Preparations;
using Workbench.Core.Registry;
using Workbench.Core.Telemetry;
using Workbench.Core.Text;
using Workbench.Core.Tracking;

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
    // A model is about a megabyte, its encoder is shared, and few are asked for besides the one in production.
    private const int MostLoaded = 8;

    private readonly IDbContextFactory<WorkbenchDb> _databases;
    private readonly ModelPackages _packages;
    private readonly PreparationCatalog _preparations;
    private readonly ImagePreparer _preparer;
    private readonly IDisposable _subscription;
    private readonly ConcurrentDictionary<(string? Model, int? Version), ServedModel> _resolved = new();
    private readonly ConcurrentDictionary<(long ModelId, int Version), Lazy<Task<ServedModel>>> _loaded = new();
    private int _generation;

    /// <summary>Starts without a model; the first request loads it.</summary>
    public Predictor(
        IDbContextFactory<WorkbenchDb> databases, ModelPackages packages, PreparationCatalog preparations, ImagePreparer preparer, ChangeFeed feed)
    {
        (_databases, _packages, _preparations, _preparer) = (databases, packages, preparations, preparer);
        _subscription = feed.Subscribe(change => change.Kind == ChangeKind.Model, OnModelsChanged, TimeSpan.FromMilliseconds(50));
    }

    /// <summary>Finds the model that is to answer, and loads it if it is not loaded.</summary>
    /// <param name="model">The registered model; null for the one that is pinned, or else was promoted last.</param>
    /// <param name="version">Its version; null for the one in production.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NoModelException">No model was asked for, and none is in production.</exception>
    /// <exception cref="NotFoundException">There is no such model or version.</exception>
    /// <exception cref="ArtifactStoreException">The model has to be fetched, and the store can't be reached or has it no more as it was registered.</exception>
    public async ValueTask<ServedModel> FindAsync(string? model = null, int? version = null, CancellationToken cancellationToken = default) =>
        _resolved.TryGetValue((model, version), out var served) ? served : await ResolveAsync(model, version, cancellationToken);

    /// <summary>Predicts one picture.</summary>
    /// <param name="served">The model.</param>
    /// <param name="file">The picture's file; can seek; is disposed of.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ImageException">The picture cannot be used.</exception>
    /// <exception cref="PicturesBusyException">Others take all the memory for pictures.</exception>
    public async Task<Prediction> PredictAsync(ServedModel served, Stream file, CancellationToken cancellationToken = default) =>
        await served.PredictAsync(await _preparer.PrepareAsync(file, served.Preparation, cancellationToken), cancellationToken);

    /// <summary>Which model and version answers when none is asked for; null when nothing was promoted.</summary>
    public async Task<(string Model, int Version)?> DefaultAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        return await ChooseAsync(db, null, null, cancellationToken) is { } found ? (found.Name, found.Version.Version) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();

    private async Task<ServedModel> ResolveAsync(string? model, int? version, CancellationToken cancellationToken)
    {
        var generation = Volatile.Read(ref _generation);
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        var (name, found) = await ChooseAsync(db, model, version, cancellationToken)
            ?? throw (model is null
                ? new NoModelException()
                : new NotFoundException(version is null
                    ? $"There is no model named '{model}' with a version in production."
                    : $"There is no ready version {version} of a model named '{model}'."));
        var served = await LoadAsync(name, found).WaitAsync(cancellationToken);
        _resolved[(model, version)] = served;
        if (generation != Volatile.Read(ref _generation))
        {
            // What was read may be out of date already: good for this request, not to be kept.
            _resolved.TryRemove((model, version), out _);
        }
        return served;
    }

    private static async Task<(string Name, ModelVersion Version)?> ChooseAsync(
        WorkbenchDb db, string? model, int? version, CancellationToken cancellationToken)
    {
        if (model is not null && !TextRule.IsStorable(model))
        {
            return null;
        }
        var candidates =
            from m in db.Models
            join v in db.Versions on m.Id equals v.ModelId
            where v.State == VersionState.Ready && v.Sha256 != null && (model == null || m.Name == model)
            select new { m.Name, m.IsPinned, Version = v };
        var chosen = version is not null
            ? candidates.Where(c => c.Version.Version == version)
            : from c in candidates
              join a in db.Aliases on new { c.Version.ModelId, c.Version.Version } equals new { a.ModelId, a.Version }
              where a.Alias == ModelAlias.Production
              orderby c.IsPinned descending, a.MovedAt descending
              select c;
        var found = await chosen.AsNoTracking().FirstOrDefaultAsync(cancellationToken);
        return found is null ? null : (found.Name, found.Version);
    }

    private async Task<ServedModel> LoadAsync(string model, ModelVersion version)
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

    private async Task<ServedModel> ReadAsync(string model, ModelVersion version)
    {
        var package = await _packages.OpenAsync(model, version, CancellationToken.None);
        try
        {
            var encoder = package.Manifest.Encoder is { } reference ? await _packages.EncoderAsync(reference) : null;
            return new ServedModel(
                model, version.Version, package.Manifest, _preparations.Create(package.Manifest.Input.Preparation),
                new BatchingModel(new ServedNetwork(encoder, new OnnxModel(package.Model))));
        }
        catch (FormatException failure)
        {
            throw new ArtifactStoreException($"Version {version.Version} of '{model}' cannot be served: {failure.Message}", failure);
        }
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
}

/// <summary>There is no model in production yet.</summary>
public sealed class NoModelException() : Exception("No model is in production yet. Promote a study first.");
