using Workbench.Core.Search;

namespace Workbench.Core.Models;

/// <summary>The manifest of format 1: of models for digits, with weights as safetensors and their backbone among them.</summary>
internal sealed record FormerManifest(
    string Pipeline, ParameterSet Params, int Seed, string? BackboneHash, string Dataset, string DataHash, IReadOnlyList<string> Classes,
    int ImageSize, IReadOnlyDictionary<string, double> Metrics, string WeightsSha256, DateTimeOffset CreatedAt)
{
    /// <summary>The number of the format.</summary>
    public const int Format = 1;

    /// <summary>The weights' file of a package of this format.</summary>
    public const string WeightsFile = "model.safetensors";

    public ModelManifest ToPresent() => new()
    {
        FormatVersion = Format,
        Pipeline = Pipeline,
        Params = Params,
        Seed = Seed,
        Dataset = new(Dataset, 1, DataHash),
        Encoder = BackboneHash is null ? null : new("glyphs", BackboneHash),
        Classes = Classes,
        Input = new(1, ImageSize, ImageSize, new("digit", new Dictionary<string, double>())),
        Metrics = Metrics,
        Sha256 = new Dictionary<string, string> { [WeightsFile] = WeightsSha256 },
        CreatedAt = CreatedAt,
    };
}
