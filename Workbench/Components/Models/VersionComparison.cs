using System.Text.Json;
using Workbench.Components.Compare;
using Workbench.Core.Models;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Components.Models;

/// <summary>Versions of a model side by side.</summary>
internal static class VersionComparison
{
    private const string Missing = "–";

    /// <summary>Compares versions.</summary>
    /// <param name="versions">In the order to show them.</param>
    /// <param name="parameters">The parameters' names in their order.</param>
    /// <param name="pipelines">Say which metrics there are.</param>
    public static IReadOnlyList<ComparedPart> Of(IReadOnlyList<ModelVersion> versions, IEnumerable<string> parameters, Pipelines pipelines)
    {
        var all = versions.Select(version => (Version: version, Manifest: Manifest(version))).ToList();
        return
        [
            new("Version",
            [
                SideBySide.Line("State", all, v => v.Version.State.ToString().ToLowerInvariant()),
                SideBySide.Line("Trial", all, v => v.Version.Trial is { } trial ? $"{trial}" : Missing),
                SideBySide.Line("Created", all, v => Format.Date(v.Version.CreatedAt)),
                SideBySide.Line("Size", all, v => v.Version.SizeBytes is { } size ? Format.Bytes(size) : Missing),
                SideBySide.Line("File", all, v => Short(v.Version.Sha256)),
            ]),
            new("Made of",
            [
                SideBySide.Line("Pipeline", all, v => v.Manifest?.Pipeline ?? Missing),
                SideBySide.Line("Dataset", all, v => v.Manifest?.Dataset is { } data ? $"{data.Name} version {data.Version}" : Missing),
                SideBySide.Line("Data", all, v => Short(v.Manifest?.Dataset?.Fingerprint)),
                SideBySide.Line("Encoder", all, v => v.Manifest?.Encoder is { } encoder ? $"{encoder.Name} {Short(encoder.Sha256)}" : Missing),
                SideBySide.Line("Seed", all, v => v.Manifest?.Seed is { } seed ? $"{seed}" : Missing),
            ]),
            SideBySide.Parameters([.. all.Select(v => v.Manifest?.Params ?? v.Version.Run?.Params)], parameters),
            SideBySide.Metrics([.. all.Select(v => v.Manifest?.Metrics ?? new Dictionary<string, double>())], pipelines),
        ];
    }

    private static ModelManifest? Manifest(ModelVersion version) =>
        version.Manifest is { } json ? ModelManifest.Read(json) : null;

    private static string Short(string? hash) => hash is null ? Missing : $"{hash[..10]}…";
}
