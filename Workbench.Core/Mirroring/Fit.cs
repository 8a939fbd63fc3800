using System.Text;

namespace Workbench.Core.Mirroring;

/// <summary>Makes texts fit within what MLflow's servers take. What is cut ends with a sign of it.</summary>
internal static class Fit
{
    /// <summary>The tag that holds the identity of a study.</summary>
    public const string ExperimentTag = "workbench.experiment";

    /// <summary>The tag that holds the identity of a run.</summary>
    public const string RunTag = "workbench.run";

    /// <summary>The tag that holds the identity of a registered model.</summary>
    public const string ModelTag = "workbench.model";

    private const int MostKey = 250;
    private const int MostParam = 6_000;
    private const int MostTag = 8_000;
    private const int MostExperimentTag = 5_000;
    private const int MostName = 500;

    /// <summary>The name of a metric, a param or a tag.</summary>
    public static string Key(string key)
    {
        var fit = new StringBuilder(key.Length);
        foreach (var character in key)
        {
            fit.Append(char.IsAsciiLetterOrDigit(character) || char.IsLetterOrDigit(character) || "_-. :/".Contains(character, StringComparison.Ordinal) ? character : '_');
        }
        // A path that leads elsewhere is refused.
        var parts = fit.ToString().Split('/').Select(part => part is "" or "." or ".." ? "_" : part);
        return string.Join('/', parts) is var name && name.Length > MostKey ? $"{name[..(MostKey - 3)]}..." : name;
    }

    /// <summary>A param.</summary>
    public static Pair Param(KeyValuePair<string, string> param) => new(Key(param.Key), Cut(param.Value, MostParam));

    /// <summary>A tag of a run, a model or a version.</summary>
    public static Pair Tag(string key, string value) => new(Key(key), Cut(value, MostTag));

    /// <summary>A tag of an experiment.</summary>
    public static Pair TagOfExperiment(string key, string value) => new(Key(key), Cut(value, MostExperimentTag));

    /// <summary>A name for what can't have its own, because something else has.</summary>
    public static string Beside(string name, Guid identity) => $"{Cut(name, MostName - 30)} (workbench {$"{identity:N}"[..8]})";

    private static string Cut(string text, int most) =>
        text.Length <= most ? text : $"{text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)]}…";
}

/// <summary>Key and value, as MLflow's messages have them.</summary>
internal sealed record Pair(string Key, string Value);
