using System.Text.Json;
using Microsoft.Extensions.Logging;
using Workbench.Core.Artifacts;
using Workbench.Core.Models;
using Workbench.Core.Tracking.Mirrors;

namespace Workbench.Core.Mirroring;

/// <summary>Registers the versions that builds made on the server, with their files where it keeps files itself, and moves the aliases there as
/// they move here.</summary>
internal sealed partial class VersionSender(ServerClient server, MirrorStore store, IArtifactStore artifacts, ILogger<VersionSender> logger)
{
    private const string Folder = "model";
    private const string Proxied = "mlflow-artifacts:/";

    /// <summary>Sends all versions and aliases that are to be sent.</summary>
    public async Task SendAsync(long mirror, CancellationToken cancellationToken)
    {
        while (await store.VersionAsync(mirror, cancellationToken) is { } version)
        {
            await SendAsync(mirror, version, cancellationToken);
        }
        foreach (var model in await store.AliasesAsync(mirror, cancellationToken))
        {
            await SendAsync(mirror, model, cancellationToken);
        }
    }

    private async Task SendAsync(long mirror, WaitingVersion version, CancellationToken cancellationToken)
    {
        try
        {
            var model = version.RemoteName ?? await RegisterAsync(version, cancellationToken);
            await store.SaveModelAsync(mirror, version.ModelId, model, version.Aliases, cancellationToken);
            // A process that died may have registered it, and not known.
            var number = await FindAsync(model, version, cancellationToken) ?? await CreateAsync(model, version, cancellationToken);
            await store.SaveVersionAsync(mirror, version, number, cancellationToken);
        }
        catch (RefusedException refusal) when (version.RemoteName is null && refusal is not { IsMissing: true })
        {
            LogRefused(version.Model, version.Version, server.Server, refusal.Message);
            await store.RefuseModelAsync(mirror, version.ModelId, refusal.Message, cancellationToken);
        }
        catch (Exception refusal) when (refusal is RefusedException or ArtifactNotFoundException)
        {
            LogRefused(version.Model, version.Version, server.Server, refusal.Message);
            await store.RefuseVersionAsync(mirror, version, refusal.Message, cancellationToken);
        }
        catch (ArtifactStoreException failure)
        {
            throw new AwayException($"The files of {version.Model} version {version.Version} can't be read: {failure.Message}", failure);
        }
    }

    private async Task<string> RegisterAsync(WaitingVersion version, CancellationToken cancellationToken)
    {
        var own = version.Model.Replace('/', '-').Replace(':', '-');
        foreach (var name in new[] { own, Fit.Beside(own, version.Uuid) })
        {
            var found = await server.FindAsync($"registered-models/get?name={name}", cancellationToken);
            if (found is null)
            {
                await server.SendAsync("registered-models/create", new { Name = name, Tags = new[] { Fit.Tag(Fit.ModelTag, $"{version.Uuid:N}") } }, cancellationToken);
                return name;
            }
            if (Answers.Tag(found.Value.GetProperty("registered_model"), Fit.ModelTag) == $"{version.Uuid:N}")
            {
                return name;
            }
        }
        throw new RefusedException("", $"The names '{own}' and '{Fit.Beside(own, version.Uuid)}' are taken there.");
    }

    private async Task<string?> FindAsync(string model, WaitingVersion version, CancellationToken cancellationToken)
    {
        var found = await server.FindAsync($"model-versions/search?filter={$"run_id='{version.Run}'"}&max_results=1000", cancellationToken);
        return Answers.Items(found ?? default, "model_versions").Where(item => item.GetProperty("name").GetString() == model).Select(Number).FirstOrDefault();
    }

    private async Task<string> CreateAsync(string model, WaitingVersion version, CancellationToken cancellationToken)
    {
        var run = await server.FindAsync($"runs/get?run_id={version.Run}", cancellationToken)
            ?? throw new RefusedException("", "The build's run is not there any more.");
        var uri = run.GetProperty("run").GetProperty("info").GetProperty("artifact_uri").GetString() ?? "";
        var isKeptThere = uri.StartsWith(Proxied, StringComparison.Ordinal) && !uri.StartsWith($"{Proxied}/", StringComparison.Ordinal);
        if (isKeptThere)
        {
            await UploadAsync($"{uri[Proxied.Length..].TrimEnd('/')}/{Folder}", version, cancellationToken);
        }
        var created = await server.SendAsync(
            "model-versions/create",
            new
            {
                Name = model,
                Source = isKeptThere ? $"{uri.TrimEnd('/')}/{Folder}" : artifacts.Locate(version.ArtifactPrefix).AbsoluteUri,
                RunId = version.Run,
                Tags = new[] { Fit.Tag("workbench.version", $"{version.Version}") },
            },
            cancellationToken);
        return Number(created.GetProperty("model_version"));
    }

    private async Task UploadAsync(string folder, WaitingVersion version, CancellationToken cancellationToken)
    {
        var files = (await artifacts.ListAsync(version.ArtifactPrefix, cancellationToken))
            .Select(file => (file.Key, Name: file.Key[(version.ArtifactPrefix.Length + 1)..]));
        // The package names its encoder, which lies beside all packages.
        if (version.Manifest is { } manifest && ModelManifest.Read(manifest).Encoder is { } encoder)
        {
            var key = $"{ModelPackage.EncoderFolder}/{encoder.Sha256}.onnx";
            files = await artifacts.ExistsAsync(key, cancellationToken) ? files.Append((key, key)) : files;
        }
        foreach (var (key, name) in files)
        {
            var (content, length) = await artifacts.OpenStreamAsync(key, cancellationToken);
            await using (content)
            {
                await server.UploadAsync($"{folder}/{name}", content, length, cancellationToken);
            }
        }
    }

    private async Task SendAsync(long mirror, WaitingAliases model, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (alias, version) in model.Wanted.Where(alias => model.Sent.GetValueOrDefault(alias.Key) != alias.Value))
            {
                await server.SendAsync("registered-models/alias", new { Name = model.RemoteName, Alias = alias, Version = version }, cancellationToken);
            }
            foreach (var alias in model.Sent.Keys.Except(model.Wanted.Keys))
            {
                await server.SendAsync("registered-models/alias", new { Name = model.RemoteName, Alias = alias }, cancellationToken, HttpMethod.Delete);
            }
            await store.SaveModelAsync(mirror, model.ModelId, model.RemoteName, model.Wanted, cancellationToken);
        }
        catch (RefusedException refusal)
        {
            LogAliasesRefused(model.RemoteName, server.Server, refusal.Message);
            await store.RefuseModelAsync(mirror, model.ModelId, refusal.Message, cancellationToken);
        }
    }

    // A number or a text.
    private static string Number(JsonElement version) => version.GetProperty("version").ToString();

    [LoggerMessage(LogLevel.Warning, "{Model} version {Version} is not mirrored: {Server} refuses it: {Reason}")]
    private partial void LogRefused(string model, int version, Uri server, string reason);

    [LoggerMessage(LogLevel.Warning, "The aliases of {Model} are not mirrored: {Server} refuses them: {Reason}")]
    private partial void LogAliasesRefused(string model, Uri server, string reason);
}
