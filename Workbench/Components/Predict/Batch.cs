using System.Globalization;
using Workbench.Core.Serving;
using Workbench.Core.Tracking.Tables;

namespace Workbench.Components.Predict;

/// <summary>One of several files, as the browser sends it.</summary>
/// <param name="Batch">The number of the batch that it belongs to.</param>
/// <param name="Index">Its place among the files, from 0 on.</param>
/// <param name="Name">Its name.</param>
/// <param name="Thumbnail">Where the browser has it in small; empty where it cannot show it.</param>
/// <param name="Content">The file; null when it cannot be read.</param>
/// <param name="Fault">Why it cannot be read, as a sentence; null when it can.</param>
public sealed record SentFile(int Batch, int Index, string Name, string Thumbnail, byte[]? Content, string? Fault);

/// <summary>What a model says of one of several files; exactly one of the last two is there.</summary>
/// <param name="Index">Its place among the files, from 0 on.</param>
/// <param name="File">Its name.</param>
/// <param name="Thumbnail">Where the browser has it in small; empty where it cannot show it.</param>
/// <param name="Prediction">The answer.</param>
/// <param name="Fault">Why there is none, as a sentence.</param>
public sealed record FileAnswer(int Index, string File, string Thumbnail, Prediction? Prediction, string? Fault)
{
    /// <summary>How probable the most probable class is; null without an answer.</summary>
    public float? Probability => Prediction?.Probabilities.Max();
}

/// <summary>Several files that were given at once, all answered by one version of a model, and the answers that have come so far.</summary>
public sealed class Batch(int number, ServedModel served, int count)
{
    private readonly List<FileAnswer> _answers = new(count);

    /// <summary>By which the browser knows it.</summary>
    public int Number => number;

    /// <summary>What answers.</summary>
    public ServedModel Served => served;

    /// <summary>How many files there are.</summary>
    public int Count => count;

    /// <summary>The answers so far, as they came.</summary>
    public IReadOnlyList<FileAnswer> Answers => _answers;

    /// <summary>Whether every file has its answer.</summary>
    public bool IsDone => _answers.Count == count;

    /// <summary>Adds an answer.</summary>
    public void Add(FileAnswer answer) => _answers.Add(answer);

    /// <summary>All answers as CSV, in the order of the files: file, prediction, probability, that of each class, and what is wrong with the file.</summary>
    public string ToCsv() => Csv.Of(
    [
        ["file", "prediction", "probability", .. served.Manifest.Classes, "error"],
        .. _answers.OrderBy(answer => answer.Index).Select(answer => (IEnumerable<string>)
        [
            answer.File, answer.Prediction?.Class ?? "", Text(answer.Probability),
            .. answer.Prediction?.Probabilities.Select(value => Text(value)) ?? Enumerable.Repeat("", served.Manifest.Classes.Count), answer.Fault ?? "",
        ]),
    ]);

    private static string Text(float? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
