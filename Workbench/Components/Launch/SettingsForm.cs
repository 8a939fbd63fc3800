using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workbench.Core.Search;

namespace Workbench.Components.Launch;

/// <summary>One option of a sampler or pruner as it is typed.</summary>
/// <param name="Name">As in JSON, such as <c>startupTrials</c>.</param>
public sealed record OptionForm(string Name)
{
    /// <summary>A number, empty for none; of a pruner within a pruner its type.</summary>
    public string Text { get; set; } = "";

    /// <summary>For an option that is on or off; null for others.</summary>
    public bool? On { get; set; }

    /// <summary>Whether it names another pruner.</summary>
    public bool Inner => Name == "inner";

    /// <summary>The name for people: "Startup trials".</summary>
    public string Label => Inner ? "Inner pruner" : string.Concat(Name.Select((c, i) => i == 0 ? $"{char.ToUpperInvariant(c)}" : char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));

    /// <summary>What it does.</summary>
    public string Hint => Name switch
    {
        "startupTrials" => "Run before the model, or any pruning, begins.",
        "candidates" => "Drawn for each trial; the best one is tried.",
        "gamma" => "Share of the trials that count as good.",
        "multivariate" => "Parameters are modelled together.",
        "points" => "Values taken of each range, ends included.",
        "warmupSteps" => "Epochs that every trial gets.",
        "percentile" => "The best part that goes on, in percent.",
        "minSteps" => "Epochs that every trial gets.",
        "maxSteps" => "Epochs of a full trial; empty: the longest so far.",
        "eta" => "One in this many goes on at each rung.",
        "patience" => "Epochs without improvement that are borne.",
        "minDelta" => "A smaller improvement does not count.",
        "inner" => "Asked about a trial that has stopped improving.",
        "lower" => "A value below ends the trial; empty: none does.",
        "upper" => "A value above ends the trial; empty: none does.",
        _ => "",
    };
}

/// <summary>
/// The choice of a sampler or pruner with its options, as it is typed. It works on the JSON form of the settings, which names and checks
/// every option there is: a new sampler needs no change here.
/// </summary>
/// <typeparam name="T"><see cref="SamplerSettings"/> or <see cref="PrunerSettings"/>.</typeparam>
public sealed class SettingsForm<T>
    where T : class
{
    private readonly Action<T> _check;
    private JsonObject _json = [];
    private int _kind;

    /// <summary>Fills the form.</summary>
    /// <param name="all">Every kind there is, with default options.</param>
    /// <param name="chosen">What is to be edited.</param>
    /// <param name="check">Throws a <see cref="SearchException"/> about an option that is out of its range.</param>
    public SettingsForm(IReadOnlyList<T> all, T chosen, Action<T> check)
    {
        (All, _check) = (all, check);
        Fill(chosen);
    }

    /// <summary>Every kind there is.</summary>
    public IReadOnlyList<T> All { get; }

    /// <summary>Which kind is chosen. Choosing another one fills in its default options.</summary>
    public int Kind
    {
        get => _kind;
        set
        {
            if (_kind != value)
            {
                Fill(All[value]);
            }
        }
    }

    /// <summary>The options of the kind chosen.</summary>
    public IReadOnlyList<OptionForm> Options { get; private set; } = [];

    /// <summary>What is wrong, by option; the name is empty when the fault lies in the whole.</summary>
    public Dictionary<string, string> Faults()
    {
        var faults = Options.Where(o => o is { On: null, Inner: false, Text: var text } && text.Trim().Length > 0 && Number(text) is null)
            .ToDictionary(o => o.Name, o => $"“{o.Text.Trim()}” is not a number.");
        if (faults.Count > 0)
        {
            return faults;
        }
        try
        {
            Read();
        }
        catch (SearchException exception)
        {
            var name = Options.Any(o => o.Name == exception.Parameter) ? exception.Parameter! : "";
            faults[name] = exception.Message;
        }
        return faults;
    }

    /// <summary>The settings as typed.</summary>
    /// <exception cref="SearchException">An option is not right.</exception>
    public T Read()
    {
        var json = _json.DeepClone().AsObject();
        foreach (var option in Options)
        {
            json[option.Name] = option switch
            {
                { On: { } on } => on,
                { Inner: true } => Inner(option.Text),
                _ => Number(option.Text),
            };
        }
        var settings = json.Deserialize<T>()!;
        _check(settings);
        return settings;
    }

    private void Fill(T chosen)
    {
        _json = JsonSerializer.SerializeToNode(chosen)!.AsObject();
        _kind = All.ToList().FindIndex(kind => kind.GetType() == chosen.GetType());
        Options = [.. _json.Where(property => property.Key != "type").Select(property => Option(property.Key, property.Value))];
    }

    private static OptionForm Option(string name, JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.True => new OptionForm(name) { On = true },
        JsonValueKind.False => new OptionForm(name) { On = false },
        JsonValueKind.Object => new OptionForm(name) { Text = value["type"]!.GetValue<string>() },
        JsonValueKind.Number => new OptionForm(name) { Text = ParameterForm.Show(double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)) },
        _ => new OptionForm(name),
    };

    // Options of the inner one stay as they were given, as long as another one is not chosen.
    private JsonNode? Inner(string type) =>
        type.Length == 0 ? null : _json["inner"] is JsonObject given && given["type"]!.GetValue<string>() == type ? given.DeepClone() : type;

    private static JsonValue? Number(string text) =>
        !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number) ? null
        : number == Math.Floor(number) && Math.Abs(number) < 1e15 ? JsonValue.Create((long)number)
        : JsonValue.Create(number);
}
