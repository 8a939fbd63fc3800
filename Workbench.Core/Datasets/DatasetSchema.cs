using System.Text.Json.Serialization;

namespace Workbench.Core.Datasets;

/// <summary>What a dataset consists of.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DatasetKind>))]
public enum DatasetKind
{
    /// <summary>Pictures, each with a class.</summary>
    [JsonStringEnumMemberName("images")] Images,
}

/// <summary>What a version of a dataset is, without its contents.</summary>
/// <param name="Kind">What it consists of.</param>
/// <param name="Count">How many pictures it has.</param>
/// <param name="Classes">The names of the classes, by class index.</param>
/// <param name="Parts">The names of its own parts, such as <c>train</c> and <c>test</c>; empty when the source had none.</param>
/// <param name="Images">What its pictures are like.</param>
public sealed record DatasetSchema(DatasetKind Kind, int Count, IReadOnlyList<string> Classes, IReadOnlyList<string> Parts, ImageSchema Images);

/// <summary>What the pictures of a dataset are like.</summary>
/// <param name="Channels">1 when all are grey, else 3.</param>
/// <param name="Width">The width of all pictures, in pixels; the median when they differ.</param>
/// <param name="Height">The height of all pictures, in pixels; the median when they differ.</param>
/// <param name="SameSize">Whether all have this size.</param>
/// <param name="Drawn">Whether they are strokes on a plain ground, such as handwriting, so that a person can draw another.</param>
public sealed record ImageSchema(int Channels, int Width, int Height, bool SameSize, bool Drawn = false);

/// <summary>A version of a dataset, as lists show it.</summary>
/// <param name="Name">The dataset's name.</param>
/// <param name="Version">The number of the version, from 1 on.</param>
/// <param name="Fingerprint">SHA-256 over the contents, in lower-case hexadecimal digits.</param>
/// <param name="Schema">What it is.</param>
/// <param name="CreatedAt">When it was imported; null for one that comes with the program.</param>
public sealed record DatasetSummary(string Name, int Version, string Fingerprint, DatasetSchema Schema, DateTimeOffset? CreatedAt);
