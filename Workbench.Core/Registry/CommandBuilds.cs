using Workbench.Core.Artifacts;
using Workbench.Core.Models;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Core.Registry;

/// <summary>Models that commands make: an ONNX classifier with its labels is served like any other, and whatever else is kept.</summary>
public sealed class CommandBuilds(CommandRuns commands, RunStore runs, RunQueries queries, IArtifactStore artifacts)
{
    private const string Labels = "labels.txt";

    private static readonly EnumerationOptions Own = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>Runs the command once more.</summary>
    /// <returns>The folder with what it wrote; null when another process has taken the build up.</returns>
    /// <exception cref="Core.Commands.CommandException">It failed, or wrote nothing.</exception>
    internal string? Make(CommandRun run, ModelVersion version, CancellationToken cancellationToken)
    {
        var (held, prefix) = (true, version.ArtifactPrefix!);
        // What an earlier attempt has left.
        foreach (var former in artifacts.ListAsync(prefix, cancellationToken).GetAwaiter().GetResult())
        {
            artifacts.DeleteAsync(former.Key, cancellationToken).GetAwaiter().GetResult();
        }
        commands.Run(
            run,
            (step, values) => held = DatabaseOutage.Outlast(() => runs.Report(run.Lease, step, values), cancellationToken) is not null,
            cancellationToken);
        var folder = commands.Folder(run);
        return !held ? null
            : Files(folder).Any() || artifacts.ListAsync(prefix, cancellationToken).GetAwaiter().GetResult().Count > 0 ? folder
            : throw new Core.Commands.CommandException("The command wrote nothing into the folder that WORKBENCH_OUTPUT names.");
    }

    /// <summary>The model that a command wrote: <c>model.onnx</c> with <c>labels.txt</c>.</summary>
    /// <returns>Null when it wrote none that can be served.</returns>
    /// <exception cref="FieldException">It wrote both, and they can't be used; the message says why.</exception>
    internal async Task<ModelPackage?> PackageAsync(CommandRun run, string folder, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (model, labels) = (Path.Combine(folder, ModelPackage.ModelFile), Path.Combine(folder, Labels));
        if (!File.Exists(model) || !File.Exists(labels))
        {
            return null;
        }
        var package = ModelImport.Package(await File.ReadAllBytesAsync(model, cancellationToken), await File.ReadAllTextAsync(labels, cancellationToken), new PictureScale(), now);
        var metrics = await queries.LastMetricsAsync([run.Lease.RunId], cancellationToken);
        return new ModelPackage(
            package.Manifest with { Pipeline = Study.OfCommand, Params = run.Params, Metrics = metrics[run.Lease.RunId].Where(metric => double.IsFinite(metric.Value)).ToDictionary() },
            package.Model);
    }

    /// <summary>Keeps all that a command wrote, but for what an artifact can't be called.</summary>
    /// <returns>How many bytes.</returns>
    /// <exception cref="ArtifactStoreException">The store can't be reached.</exception>
    internal async Task<long> StoreAsync(string prefix, string folder, CancellationToken cancellationToken)
    {
        var size = 0L;
        foreach (var (path, name) in Files(folder))
        {
            await using var file = File.OpenRead(path);
            await artifacts.PutAsync($"{prefix}/{name}", file, file.Length, "application/octet-stream", cancellationToken);
            size += file.Length;
        }
        return size;
    }

    /// <summary>Keeps what the command has printed, beside its files.</summary>
    /// <exception cref="ArtifactStoreException">The store can't be reached.</exception>
    internal async Task StoreOutputAsync(string prefix, string folder, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead($"{folder}.txt");
        await artifacts.PutAsync($"{prefix}/{CommandRuns.OutputFile}", file, file.Length, "text/plain; charset=utf-8", cancellationToken);
    }

    private static IEnumerable<(string Path, string Name)> Files(string folder) => Directory.EnumerateFiles(folder, "*", Own)
        .Select(path => (path, Path.GetRelativePath(folder, path).Replace('\\', '/')))
        .Where(file => !file.Item2.Split('/').Any(part => part.StartsWith('.')) && !file.Item2.Any(char.IsControl) && file.Item2.Length < ArtifactKey.MaxBytes / 4);
}
