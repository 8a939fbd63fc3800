using System.Text.Json.Serialization;

namespace Workbench.Core.Datasets;

/// <summary>Who decides which images are for validation.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SplitKind>))]
public enum SplitKind
{
    /// <summary>A seeded random share of every class.</summary>
    [JsonStringEnumMemberName("stratified")] Stratified,

    /// <summary>The dataset: its own validation part, or its test part when it has no other.</summary>
    [JsonStringEnumMemberName("own")] Own,
}

/// <summary>
/// How a dataset is split, as JSON <c>{"kind":"stratified","validation":0.3,"seed":0}</c> or <c>{"kind":"own"}</c>.
/// The same settings give the same split of the same data, always and everywhere.
/// </summary>
public sealed record SplitSettings
{
    /// <summary>Creates checked settings; what is left out takes its default.</summary>
    /// <param name="kind">Who decides.</param>
    /// <param name="validation">Share of each class, strictly between 0 and 1; 0.3 when left out. Only with a stratified split.</param>
    /// <param name="seed">Chooses among the possible splits; 0 when left out. Only with a stratified split.</param>
    /// <exception cref="DatasetException">A value is out of its range or does not go with the kind.</exception>
    [JsonConstructor]
    public SplitSettings(SplitKind kind = SplitKind.Stratified, double? validation = null, int? seed = null)
    {
        Kind = kind;
        if (kind == SplitKind.Own)
        {
            if (validation is not null || seed is not null)
                throw new DatasetException("split: the dataset's own split takes neither \"validation\" nor \"seed\".");
            return;
        }
        Validation = validation ?? 0.3;
        Seed = seed ?? 0;
        if (Validation is not (> 0 and < 1))
            throw new DatasetException(FormattableString.Invariant($"split.validation: {Validation} is not between 0 and 1."));
    }

    /// <summary>The default: a stratified 70/30 split with seed 0.</summary>
    public static SplitSettings Default { get; } = new();

    /// <summary>Who decides.</summary>
    [JsonPropertyName("kind")]
    public SplitKind Kind { get; }

    /// <summary>Share of each class that is for validation; null with the dataset's own split.</summary>
    [JsonPropertyName("validation"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Validation { get; }

    /// <summary>Chooses among the possible splits; null with the dataset's own split.</summary>
    [JsonPropertyName("seed"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Seed { get; }

    /// <summary>Splits a dataset. Takes a few milliseconds for 70,000 images.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="withTest">
    /// Whether a stratified split divides the dataset's own test part, too, as those of studies before version 0.3 did; otherwise that part
    /// is on neither side.
    /// </param>
    /// <exception cref="DatasetException">One of the two sides would be empty.</exception>
    public Split Apply(Dataset dataset, bool withTest = false)
    {
        var split = Kind == SplitKind.Own ? OwnSplit(dataset) : Stratify(dataset, withTest ? [] : dataset.InPart(Dataset.TestPart));
        if (split.Train.Length == 0 || split.Validation.Length == 0)
        {
            throw new DatasetException(
                Kind == SplitKind.Own
                    ? $"split: {dataset.Name} has no parts of its own to be trained and judged on."
                    : $"{dataset.Name} has too few images, {dataset.Count}, for this split.");
        }
        return split;
    }

    private static Split OwnSplit(Dataset dataset)
    {
        var validation = dataset.InPart(Dataset.ValidationPart);
        return new(dataset.InPart(Dataset.TrainPart), validation.Length > 0 ? validation : dataset.InPart(Dataset.TestPart));
    }

    private Split Stratify(Dataset dataset, int[] untouched)
    {
        var random = new Random(Seed!.Value);
        List<int> train = [], validation = [];
        var kept = untouched.ToHashSet();
        foreach (var ofClass in Enumerable.Range(0, dataset.Count).Where(i => !kept.Contains(i)).GroupBy(i => dataset.Labels[i]).OrderBy(group => group.Key))
        {
            var indices = ofClass.ToArray();
            random.Shuffle(indices);
            var share = (int)Math.Round(indices.Length * Validation!.Value);
            validation.AddRange(indices[..share]);
            train.AddRange(indices[share..]);
        }
        return new Split([.. train], [.. validation]);
    }
}
