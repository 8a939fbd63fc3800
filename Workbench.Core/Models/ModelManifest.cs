using System.Text.Json;
using System.Text.Json.Serialization;
using Workbench.Core.Search;

namespace Workbench.Core.Models;

/// <summary>
/// What a model is and where it comes from: with <c>model.onnx</c> beside it, and the encoder that it names, all that serving needs.
/// Stored as JSON.
/// </summary>
public sealed record ModelManifest
{
    /// <summary>The version of this format that we write.</summary>
    public const int CurrentFormat = 2;

    /// <summary>The pipeline of a model that was not trained here.</summary>
    public const string Imported = "imported";

    /// <summary>The version of the format that it was written in.</summary>
    [JsonPropertyName("formatVersion")]
    public int FormatVersion { get; init; } = CurrentFormat;

    /// <summary>The pipeline that trained it; <see cref="Imported"/> for none of ours.</summary>
    [JsonPropertyName("pipeline")]
    public required string Pipeline { get; init; }

    /// <summary>The parameters it was trained with; empty when that is not known.</summary>
    [JsonPropertyName("params")]
    public ParameterSet Params { get; init; } = ParameterSet.Empty;

    /// <summary>The seed it was trained with; null when that is not known.</summary>
    [JsonPropertyName("seed")]
    public int? Seed { get; init; }

    /// <summary>What it was trained on; null when that is not known.</summary>
    [JsonPropertyName("dataset")]
    public TrainedOn? Dataset { get; init; }

    /// <summary>The encoder whose features <c>model.onnx</c> takes; null when it takes the picture itself.</summary>
    [JsonPropertyName("encoder")]
    public EncoderReference? Encoder { get; init; }

    /// <summary>Names of the classes, in the order of the probabilities.</summary>
    [JsonPropertyName("classes")]
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The picture that goes in, before the encoder if there is one.</summary>
    [JsonPropertyName("input")]
    public required ModelInput Input { get; init; }

    /// <summary>The figures of the training's last step, by name.</summary>
    [JsonPropertyName("metrics")]
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>SHA-256 of each of the package's other files, by name, in lower-case hexadecimal digits.</summary>
    [JsonPropertyName("sha256")]
    public IReadOnlyDictionary<string, string> Sha256 { get; init; } = new Dictionary<string, string>();

    /// <summary>When the model was made.</summary>
    [JsonPropertyName("createdAt")]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Reads a manifest of this format or an older one, which is shown in the terms of this one.</summary>
    /// <exception cref="FormatException">It is no manifest, or one of a later format.</exception>
    public static ModelManifest Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var format = document.RootElement.GetProperty("formatVersion").GetInt32();
            return format switch
            {
                FormerManifest.Format => document.Deserialize<FormerManifest>(JsonSerializerOptions.Web)!.ToPresent(),
                CurrentFormat => document.Deserialize<ModelManifest>(JsonSerializerOptions.Web)!,
                _ => throw new FormatException($"The model's format is version {format}; this program knows those up to {CurrentFormat}."),
            };
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"The model's manifest is malformed: {failure.Message}", failure);
        }
    }

    /// <summary>As it is stored.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}

/// <summary>The version of a dataset that a model was trained on.</summary>
/// <param name="Name">The dataset's name.</param>
/// <param name="Version">The number of its version.</param>
/// <param name="Fingerprint">SHA-256 over its contents.</param>
public sealed record TrainedOn(string Name, int Version, string Fingerprint);

/// <summary>An encoder, exactly.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sha256">SHA-256 of its ONNX file.</param>
public sealed record EncoderReference(string Name, string Sha256);

/// <summary>The picture that a model takes: channels × height × width numbers.</summary>
/// <param name="Channels">1 for grey, 3 for red, green and blue, in this order.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Preparation">How it is made of any picture.</param>
public sealed record ModelInput(int Channels, int Height, int Width, PreparationSettings Preparation);

/// <summary>A preparation with its numbers, by which another program can do the same.</summary>
/// <param name="Name">The name it is registered by.</param>
/// <param name="Numbers">What it needs to know, by name.</param>
public sealed record PreparationSettings(string Name, IReadOnlyDictionary<string, double> Numbers)
{
    /// <summary>One of a preparation's numbers.</summary>
    /// <exception cref="FormatException">It is missing.</exception>
    public double Number(string name) => Numbers.TryGetValue(name, out var number)
        ? number
        : throw new FormatException($"The preparation '{Name}' lacks the number '{name}'.");
}
