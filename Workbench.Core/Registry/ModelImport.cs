using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Workbench.Core.Artifacts;
using Workbench.Core.Audit;
using Workbench.Core.Models;
using Workbench.Core.Preparations;
using Workbench.Core.Text;
using Workbench.Core.Tracking;

namespace Workbench.Core.Registry;

/// <summary>A model from outside.</summary>
/// <param name="Name">The registered model that it becomes a version of; it need not exist yet.</param>
/// <param name="File">The ONNX file.</param>
/// <param name="Labels">The names of the classes: a JSON list, or one a line.</param>
/// <param name="Scale">How it wants its pictures.</param>
/// <param name="Production">Whether it is to be in production at once.</param>
public sealed record ModelImportRequest(string Name, byte[] File, string Labels, PictureScale Scale, bool Production = true);

/// <summary>Makes classifiers that were trained elsewhere versions like any other.</summary>
public sealed class ModelImport(IDbContextFactory<WorkbenchDb> databases, ModelPackages packages, TimeProvider clock)
{
    /// <summary>The longest name, as of a study.</summary>
    public const int MostNameCharacters = 80;

    private const int MostLabels = 10_000;

    /// <summary>Checks the model, stores it and registers it; there is no version before it is ready.</summary>
    /// <returns>The number of the version.</returns>
    /// <exception cref="FieldException">The name, the file or the labels can't be used; the message says why.</exception>
    /// <exception cref="ArtifactStoreException">The store can't be reached.</exception>
    public async Task<int> AddAsync(ModelImportRequest request, CancellationToken cancellationToken = default)
    {
        var name = request.Name.Trim();
        if (name.Length is 0 or > MostNameCharacters || !TextRule.BeginsWithLetter(name) || !TextRule.ConsistsOf(name, " ._-"))
        {
            throw new FieldException(
                "name", $"A model's name has 1 to {MostNameCharacters} letters, digits, spaces and . _ - characters, and begins with a letter or digit.");
        }
        var now = clock.GetUtcNow();
        var package = Package(request.File, request.Labels, request.Scale, now);
        // Its place in the store needs no number: the version is given out when the files are there.
        var prefix = FormattableString.Invariant($"models/imported/{Guid.NewGuid():n}");
        await packages.StoreAsync(prefix, package, cancellationToken);
        try
        {
            return await RegisterAsync(name, package, prefix, now, request.Production, cancellationToken);
        }
        catch
        {
            await packages.DeleteAsync(prefix, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Makes a package of an ONNX file and its labels.</summary>
    /// <exception cref="FieldException">The file or the labels can't be used; the message says why.</exception>
    internal static ModelPackage Package(byte[] file, string labelText, PictureScale scale, DateTimeOffset now)
    {
        var labels = Labels(labelText);
        var network = Network(file, scale);
        if (network.Classes != labels.Count)
        {
            throw new FieldException("labels", $"There are {labels.Count} labels, and the model tells {network.Classes} classes apart.");
        }
        return ModelPackage.Create(
            new ModelManifest
            {
                Pipeline = ModelManifest.Imported,
                Classes = labels,
                Input = new(network.Channels, network.Height, network.Width, ScaledPreparation.To(network.Channels, network.Height, network.Width)),
                CreatedAt = now,
            },
            network.Model);
    }

    private async Task<int> RegisterAsync(
        string name, ModelPackage package, string prefix, DateTimeOffset now, bool production, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var (modelId, version) = await ModelRegistry.NextVersionAsync(db, name, now, cancellationToken);
        db.Versions.Add(new ModelVersion
        {
            ModelId = modelId,
            Version = version,
            Trial = null,
            State = VersionState.Ready,
            ArtifactPrefix = prefix,
            Sha256 = package.Manifest.Sha256[ModelPackage.ModelFile],
            SizeBytes = package.Model.LongLength,
            Manifest = package.Manifest.ToJson(),
            CreatedAt = now,
        });
        db.AuditEvents.Add(AuditEvent.Of(
            AuditAction.ModelImported, ModelRegistry.VersionSubject(name, version), [("classes", package.Manifest.Classes.Count)], modelId: modelId));
        await db.SaveChangesAsync(cancellationToken);
        if (production)
        {
            await ModelRegistry.SetAliasAsync(db, modelId, ModelAlias.Production, version, Actor.Current, cancellationToken);
        }
        await IdempotentRequests.AnswerAsync(db, version, cancellationToken);
        await db.NotifyAsync(new Change(ChangeKind.Model), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return version;
    }

    private static ForeignNetwork Network(byte[] file, PictureScale scale)
    {
        if (file.Length > ForeignNetwork.MostBytes)
        {
            throw new FieldException("file", $"The file has {file.Length:N0} bytes; {ForeignNetwork.MostBytes:N0} is the most.");
        }
        try
        {
            return ForeignNetwork.Read(file, scale);
        }
        catch (FormatException refusal)
        {
            throw new FieldException("file", refusal.Message);
        }
    }

    private static List<string> Labels(string text)
    {
        List<string> labels;
        try
        {
            labels = text.TrimStart().StartsWith('[')
                ? JsonSerializer.Deserialize<List<string>>(text) ?? []
                : [.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        }
        catch (JsonException)
        {
            throw new FieldException("labels", "The labels are no JSON list of texts. Give that, or one label a line.");
        }
        var twice = labels.GroupBy(label => label, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1)?.Key;
        return labels.Count is 0 or > MostLabels ? throw new FieldException("labels", $"There are {labels.Count} labels; a model has 2 to {MostLabels}, one a line or as a JSON list.")
            : labels.Any(label => !TextRule.IsStorable(label)) ? throw new FieldException("labels", "A label holds characters that can't be stored.")
            : twice is not null ? throw new FieldException("labels", $"The label '{twice}' is given twice.")
            : labels;
    }
}
