using System.Globalization;
using Workbench.Core.Search;
using Workbench.Core.Training;

namespace Workbench.Components.Launch;

/// <summary>How a parameter is searched.</summary>
public enum ParameterKind
{
    /// <summary>Between two numbers.</summary>
    Range,

    /// <summary>Among listed values.</summary>
    Choices,

    /// <summary>Not at all: one value for every trial.</summary>
    Fixed,
}

/// <summary>One parameter of a search space as it is typed. What another kind would need stays, so that changing one's mind loses nothing.</summary>
public sealed class ParameterForm
{
    private readonly bool _numeric;
    private readonly Condition? _condition;

    /// <summary>Fills the form.</summary>
    /// <param name="given">What is to be edited.</param>
    /// <param name="own">The pipeline's own parameter of that name, which says what the pipeline can read; null when it has none.</param>
    /// <param name="known">What the pipeline says of it.</param>
    public ParameterForm(Parameter given, Parameter? own, PipelineParameter? known = null)
    {
        Hint = known is null ? null : $"{Format.Sentence(known.Meaning)}: {known.Range}.";
        Name = given.Name;
        Known = own is not null;
        Whole = (own ?? given) is IntParameter;
        _numeric = (own ?? given) is IntParameter or FloatParameter;
        _condition = given.Condition;
        if (own is not null)
        {
            Fill(own);
        }
        Fill(given);
    }

    /// <summary>The parameter's name.</summary>
    public string Name { get; }

    /// <summary>What it is and which values the pipeline can take; null when it does not read it.</summary>
    public string? Hint { get; }

    /// <summary>Whether the pipeline reads it; one that it does not may be left out.</summary>
    public bool Known { get; }

    /// <summary>Whether the pipeline takes whole numbers only.</summary>
    public bool Whole { get; }

    /// <summary>How it is searched.</summary>
    public ParameterKind Kind { get; set; }

    /// <summary>Smallest value.</summary>
    public string Low { get; set; } = "";

    /// <summary>Largest value.</summary>
    public string High { get; set; } = "";

    /// <summary>Whether the scale is logarithmic.</summary>
    public bool Log { get; set; }

    /// <summary>Empty for none.</summary>
    public string Step { get; set; } = "";

    /// <summary>Separated by commas.</summary>
    public string Choices { get; set; } = "";

    /// <summary>The value, when it is fixed.</summary>
    public string Value { get; set; } = "";

    /// <summary>The kinds that make sense.</summary>
    public IEnumerable<ParameterKind> Kinds => Enum.GetValues<ParameterKind>().Where(kind => _numeric || kind != ParameterKind.Range);

    /// <summary>When the parameter exists, in words; null: always.</summary>
    public string? When => _condition is null ? null : $"when {_condition.Parent} is {string.Join(" or ", _condition.Values)}";

    /// <summary>The parameter as typed.</summary>
    /// <exception cref="SearchException">Something is not a number, or the parameter is faulty.</exception>
    public Parameter Read()
    {
        Parameter parameter = Kind switch
        {
            ParameterKind.Choices => new CategoricalParameter(
                Name, [.. Choices.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ReadValue)]),
            ParameterKind.Fixed => new FixedParameter(
                Name, Value.Trim().Length > 0 ? ReadValue(Value.Trim()) : throw new SearchException(Name, $"{Name}: the value is missing.")),
            _ when Whole => new IntParameter(Name, ReadLong("low", Low), ReadLong("high", High), Log, Step.Trim().Length == 0 ? 1 : ReadLong("step", Step)),
            _ => new FloatParameter(
                Name, ReadDouble("low", Low), ReadDouble("high", High), Log, Step.Trim().Length == 0 ? null : ReadDouble("step", Step)),
        };
        // A space of its own says what is wrong with the parameter itself; what it depends on is for the whole space to judge.
        _ = new SearchSpace(parameter);
        return parameter with { Condition = _condition };
    }

    /// <summary>A number as people write it: 1e-5, not 1E-05.</summary>
    internal static string Show(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.IndexOf('E', StringComparison.Ordinal) is > 0 and var e
            ? $"{text[..e]}e{int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture)}"
            : text;
    }

    internal static string Show(ParameterValue value) => value is { IsNumber: true, IsInteger: false } ? Show(value.AsDouble()) : value.ToString();

    private void Fill(Parameter parameter)
    {
        switch (parameter)
        {
            case FloatParameter(_, var low, var high, var log, var step):
                (Kind, Low, High, Log, Step) = (ParameterKind.Range, Show(low), Show(high), log, step is { } distance ? Show(distance) : "");
                var middle = log ? Math.Sqrt(low) * Math.Sqrt(high) : (low + high) / 2;
                Suggest(low, double.Parse(middle.ToString("G2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), high);
                break;
            case IntParameter(_, var low, var high, var log, var step):
                (Kind, Low, High, Log, Step) = (ParameterKind.Range, Show((double)low), Show((double)high), log, step == 1 ? "" : Show((double)step));
                Suggest(low, log ? (long)Math.Round(Math.Sqrt((double)low * high)) : low + (high - low) / step / 2 * step, high);
                break;
            case CategoricalParameter(_, var choices):
                (Kind, Choices) = (ParameterKind.Choices, string.Join(", ", choices.Select(Show)));
                Value = Show(choices[0]);
                break;
            case FixedParameter(_, var value):
                (Kind, Value) = (ParameterKind.Fixed, Show(value));
                break;
        }
    }

    private void Suggest(params ParameterValue[] values)
    {
        Choices = string.Join(", ", values.Distinct().Select(Show));
        Value = Show(values[1]);
    }

    private ParameterValue ReadValue(string text)
    {
        if (Whole)
        {
            return ReadLong(null, text);
        }
        if (_numeric)
        {
            return ReadDouble(null, text);
        }
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? integer
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
            : text;
    }

    private double ReadDouble(string? field, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Refuse(field, text, "a number");

    private long ReadLong(string? field, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number == Math.Floor(number) && Math.Abs(number) < 1e15
            ? (long)number
            : throw Refuse(field, text, "a whole number");

    private SearchException Refuse(string? field, string text, string right) => new(Name, text.Trim().Length == 0
        ? $"{Name}: {field ?? "a value"} is missing; give {right}."
        : $"{Name}: {(field is null ? "" : $"{field} is ")}“{text.Trim()}”{(field is null ? " is " : ", ")}not {right}.");
}
