using System.Text.Json.Serialization;
using Workbench.Core.Search;

namespace Workbench.Core.Training;

/// <summary>What a model is and where it comes from; with the weights' file beside it, all that serving needs. Stored as JSON.</summary>
public sealed record ModelManifest
{
    /// <summary>The version of this format that we write.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The version of this format.</summary>
    [JsonPropertyName("formatVersion")]
    public int FormatVersion { get; init; } = CurrentFormat;

    /// <summary>The pipeline that trained it.</summary>
    [JsonPropertyName("pipeline")]
    public required string Pipeline { get; init; }

    /// <summary>The parameters it was trained with.</summary>
    [JsonPropertyName("params")]
    public required ParameterSet Params { get; init; }

    /// <summary>The seed it was trained with.</summary>
    [JsonPropertyName("seed")]
    public required int Seed { get; init; }

    /// <summary>SHA-256 of the backbone's file; null for a pipeline without one. The weights' file has the backbone in it.</summary>
    [JsonPropertyName("backboneHash")]
    public string? BackboneHash { get; init; }

    /// <summary>Name of the data set.</summary>
    [JsonPropertyName("dataset")]
    public required string Dataset { get; init; }

    /// <summary>SHA-256 over the data set's contents.</summary>
    [JsonPropertyName("dataHash")]
    public required string DataHash { get; init; }

    /// <summary>Names of the classes, in the order of the probabilities.</summary>
    [JsonPropertyName("classes")]
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Width and height of the images it takes, in pixels.</summary>
    [JsonPropertyName("imageSize")]
    public required int ImageSize { get; init; }

    /// <summary>The metrics of the last epoch, by name.</summary>
    [JsonPropertyName("metrics")]
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>SHA-256 of the weights' file.</summary>
    [JsonPropertyName("weightsSha256")]
    public required string WeightsSha256 { get; init; }

    /// <summary>When the model was made.</summary>
    [JsonPropertyName("createdAt")]
    public required DateTimeOffset CreatedAt { get; init; }
}
