using System.Globalization;
using System.Text.RegularExpressions;
using Workbench.Core.Artifacts;
using Workbench.Core.Tracking;

namespace Workbench.Core.Registry;

/// <summary>
/// The files of runs as clients of MLflow name them: <c>experiment/run/artifacts/…</c>, or whatever path they choose. Those of a build are
/// the files of the version that it made, and can only be read.
/// </summary>
public sealed partial class RunArtifacts(Database database, IArtifactStore artifacts)
{
    private const string Media = "application/octet-stream";

    /// <summary>Keeps a file.</summary>
    /// <exception cref="FieldException">The path is wrong, or nothing can be written there.</exception>
    /// <exception cref="ArtifactStoreException">The store is away, or the content breaks off.</exception>
    public async Task PutAsync(string path, Stream content, long length, CancellationToken cancellationToken = default)
    {
        var key = await WritableAsync(path, cancellationToken);
        try
        {
            await artifacts.PutAsync(key, content, length, Media, cancellationToken);
        }
        catch (ArgumentException fault)
        {
            throw new FieldException("path", fault.Message);
        }
    }

    /// <summary>A file as it is kept, to be passed on.</summary>
    /// <exception cref="FieldException">The path is wrong.</exception>
    /// <exception cref="ArtifactNotFoundException">There is none.</exception>
    public async Task<(Stream Content, long Length)> OpenAsync(string path, CancellationToken cancellationToken = default) =>
        await artifacts.OpenStreamAsync((await ResolveAsync(path, cancellationToken)).Key, cancellationToken);

    /// <summary>What lies right in a folder; nothing when it is a file, or not there.</summary>
    /// <exception cref="FieldException">The path is wrong.</exception>
    public async Task<IReadOnlyList<FolderEntry>> ListAsync(string path, CancellationToken cancellationToken = default) =>
        await artifacts.ListFolderAsync((await ResolveAsync(path, cancellationToken)).Key, cancellationToken);

    /// <summary>Removes a file, or a folder with all that is in it. Nothing there is no error.</summary>
    /// <exception cref="FieldException">The path is wrong, or nothing can be removed there.</exception>
    public async Task DeleteAsync(string path, CancellationToken cancellationToken = default)
    {
        var key = await WritableAsync(path, cancellationToken);
        foreach (var file in await artifacts.ListAsync(key, cancellationToken))
        {
            await artifacts.DeleteAsync(file.Key, cancellationToken);
        }
        await artifacts.DeleteAsync(key, cancellationToken);
    }

    /// <summary>The path of an address such as <c>mlflow-artifacts:/0/1234/artifacts</c>; null when it leads elsewhere.</summary>
    public static string? PathOf(string uri) => Address().Match(uri) is { Success: true } match ? match.Groups["path"].Value.Trim('/') : null;

    private async Task<string> WritableAsync(string path, CancellationToken cancellationToken) =>
        await ResolveAsync(path, cancellationToken) is { IsReadOnly: false } place
            ? place.Key
            : throw new FieldException("path", $"The files at '{path}' are those of a model that was built here. They can be read, and not changed.");

    private async Task<(string Key, bool IsReadOnly)> ResolveAsync(string path, CancellationToken cancellationToken)
    {
        if (path.Length > 0)
        {
            try
            {
                ArtifactKey.Validate(path[0] == '.' ? $"_{path}" : path);
            }
            catch (ArgumentException)
            {
                throw new FieldException("path", $"Invalid path: '{path}'");
            }
        }
        if (Built().IsMatch(path))
        {
            return (path, true);
        }
        if (OfRun().Match(path) is { Success: true } match)
        {
            // Into its build a command may log as long as it runs.
            await using var command = database.Durable.CreateCommand(
                "SELECT r.artifact_prefix, r.state = 'running' AND s.command IS NOT NULL FROM runs r LEFT JOIN studies s ON s.id = r.study_id WHERE r.uuid = @uuid AND r.artifact_prefix IS NOT NULL");
            command.Parameters.AddWithValue("uuid", Guid.ParseExact(match.Groups["run"].Value, "N"));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
            {
                return (reader.GetString(0) + match.Groups["rest"].Value, reader.IsDBNull(1) || !reader.GetBoolean(1));
            }
        }
        await using var folders = database.Durable.CreateCommand("SELECT artifact_folder FROM experiments WHERE id IN (0, @id) ORDER BY id DESC LIMIT 1");
        folders.Parameters.AddWithValue("id", long.TryParse(path.Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : Experiment.Default);
        var folder = (string)(await folders.ExecuteScalarAsync(cancellationToken))!;
        return (path.Length > 0 ? $"{folder}/{path}" : folder, false);
    }

    [GeneratedRegex("^[0-9]+/(?<run>[0-9a-f]{32})/artifacts(?<rest>(/.*)?)$", RegexOptions.Singleline)]
    private static partial Regex OfRun();

    // Where a version of the workbench's own says that it comes from when its build is gone.
    [GeneratedRegex("^models/[0-9]+/[0-9]+(/.*)?$", RegexOptions.Singleline)]
    private static partial Regex Built();

    [GeneratedRegex("^mlflow-artifacts:((//[^/]*)?/(?<path>.*))?$", RegexOptions.Singleline)]
    private static partial Regex Address();
}
