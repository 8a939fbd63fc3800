using System.Globalization;
using Plotly.Blazor.LayoutLib;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Components.Charts;

/// <summary>How the values of a parameter lie on an axis: over the whole range that is searched, logarithmic ones on a logarithmic axis,
/// the choices of a categorical one in their order.</summary>
internal sealed class ParameterScale
{
    private readonly IReadOnlyList<ParameterValue>? _choices;

    private ParameterScale(string name, bool log, double low, double high, IReadOnlyList<ParameterValue>? choices)
    {
        (Name, Log, _choices) = (name, log, choices);
        (Low, High) = (Place(low), Place(high));
    }

    /// <summary>The parameter's name.</summary>
    public string Name { get; }

    /// <summary>Whether the axis is logarithmic.</summary>
    public bool Log { get; }

    /// <summary>The smallest value, in the axis's own coordinates (powers of ten when logarithmic).</summary>
    public double Low { get; }

    /// <summary>The largest value, in the axis's own coordinates.</summary>
    public double High { get; }

    /// <summary>How many choices a categorical parameter has; null for a number.</summary>
    public int? Choices => _choices?.Count;

    /// <summary>The scale of a parameter.</summary>
    public static ParameterScale Of(Parameter parameter) => parameter switch
    {
        FloatParameter real => new(real.Name, real.Log, real.Low, real.High, null),
        IntParameter integer => new(integer.Name, integer.Log, integer.Low, integer.High, null),
        CategoricalParameter categorical => new(categorical.Name, false, 0, categorical.Choices.Count - 1, categorical.Choices),
        FixedParameter constant => new(constant.Name, false, 0, 0, [constant.Value]),
        _ => throw new ArgumentOutOfRangeException(nameof(parameter), parameter, "An unknown kind of parameter."),
    };

    /// <summary>The parameters that are searched: those that can take more than one value.</summary>
    public static IEnumerable<Parameter> Searched(SearchSpace space) => space.Where(p => p.Count != 1);

    /// <summary>A trial's value as it is drawn: the number, or the place of the choice among the choices. Null when the trial does not have
    /// the parameter.</summary>
    public double? Of(Run trial)
    {
        if (trial.Params?.TryGetValue(Name, out var value) is not true)
        {
            return null;
        }
        if (_choices is null)
        {
            return value.IsNumber ? value.AsDouble() : null;
        }
        for (var i = 0; i < _choices.Count; i++)
        {
            // 1 and 1.0 are the same choice.
            if (_choices[i] == value || (_choices[i].IsNumber && value.IsNumber && _choices[i].AsDouble() == value.AsDouble()))
            {
                return i;
            }
        }
        return null;
    }

    /// <summary>Where a value lies, in the axis's own coordinates.</summary>
    public double Place(double value) => Log ? Math.Log10(value) : value;

    /// <summary>The value at a place: the inverse of <see cref="Place"/>.</summary>
    public double ValueAt(double place) => Log ? Math.Pow(10, place) : place;

    /// <summary>Places of labels, and the labels: every choice, powers of ten, or about five round numbers.</summary>
    public IReadOnlyList<(double Place, string Text)> Ticks()
    {
        if (_choices is not null)
        {
            return [.. _choices.Select((choice, i) => ((double)i, Format.Parameter(choice)))];
        }
        if (Log && High - Low >= 1)
        {
            var step = Math.Max(1, (int)Math.Round((High - Low) / 5));
            return [.. Enumerable.Range(0, 1 + (int)Math.Floor((Math.Floor(High + 1e-9) - Math.Ceiling(Low - 1e-9)) / step))
                .Select(i => Math.Ceiling(Low - 1e-9) + i * step)
                .Select(power => (power, Label(Math.Pow(10, power))))];
        }
        var (low, high) = (ValueAt(Low), ValueAt(High));
        var rough = (high - low) / 5;
        var unit = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var size = unit * (rough / unit) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
        var first = Math.Ceiling(low / size - 1e-9);
        return [.. Enumerable.Range(0, 1 + (int)Math.Max(0, Math.Floor(high / size + 1e-9) - first))
            .Select(i => Math.Round((first + i) * size, 12))
            .Where(value => !Log || value > 0)
            .Select(value => (Place(value), Label(value)))];
    }

    /// <summary>A horizontal axis.</summary>
    public XAxis X()
    {
        var (low, high) = Padded();
        return new()
        {
            Title = new() { Text = Name },
            Type = Log ? Plotly.Blazor.LayoutLib.XAxisLib.TypeEnum.Log : null,
            Range = [low, high],
            TickVals = _choices is null ? null : [.. Ticks().Select(t => (object)t.Place)],
            TickText = _choices is null ? null : [.. Ticks().Select(t => (object)t.Text)],
        };
    }

    /// <summary>A vertical axis.</summary>
    public YAxis Y()
    {
        var (low, high) = Padded();
        return new()
        {
            Title = new() { Text = Name },
            Type = Log ? Plotly.Blazor.LayoutLib.YAxisLib.TypeEnum.Log : null,
            Range = [low, high],
            TickVals = _choices is null ? null : [.. Ticks().Select(t => (object)t.Place)],
            TickText = _choices is null ? null : [.. Ticks().Select(t => (object)t.Text)],
        };
    }

    private static string Label(double value) => Math.Abs(value) is not 0 and (< 1e-3 or >= 1e6)
        ? value.ToString("0.##e+0", CultureInfo.InvariantCulture)
        : value.ToString("0.######", CultureInfo.InvariantCulture);

    private (double Low, double High) Padded()
    {
        var margin = _choices is null ? Math.Max((High - Low) * 0.04, 1e-9) : 0.35;
        return (Low - margin, High + margin);
    }
}
