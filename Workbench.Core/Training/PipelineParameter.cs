using System.Globalization;
using Workbench.Core.Search;

namespace Workbench.Core.Training;

/// <summary>A parameter that a pipeline reads from every trial's parameter set, and the values that it can take.</summary>
public sealed record PipelineParameter
{
    private readonly bool _whole, _aboveLeast, _belowMost;
    private readonly double _least, _most;

    private PipelineParameter(string name, string meaning, bool whole, double least, double most, bool aboveLeast, bool belowMost) =>
        (Name, Meaning, _whole, _least, _most, _aboveLeast, _belowMost) = (name, meaning, whole, least, most, aboveLeast, belowMost);

    /// <summary>Its name in search spaces.</summary>
    public string Name { get; }

    /// <summary>What it is, in a few words for the launch dialog.</summary>
    public string Meaning { get; }

    /// <summary>Whether a search space may leave it out; then a trial has none.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The values it can take, in words: <c>a whole number from 1 to 1024</c>.</summary>
    public string Range => (_whole ? "a whole number" : "a number") + (_least, _most) switch
    {
        (_, double.PositiveInfinity) => _aboveLeast ? $" above {Show(_least)}" : $" of at least {Show(_least)}",
        _ => $" {(_aboveLeast ? "above" : "from")} {Show(_least)} to {(_belowMost ? "below " : "")}{Show(_most)}",
    };

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static PipelineParameter Whole(string name, string meaning, int least, int most = int.MaxValue) =>
        new(name, meaning, whole: true, least, most == int.MaxValue ? double.PositiveInfinity : most, aboveLeast: false, belowMost: false);

    /// <summary>A number from <paramref name="least"/> on, or above it.</summary>
    public static PipelineParameter From(string name, string meaning, double least, bool above = false) =>
        new(name, meaning, whole: false, least, double.PositiveInfinity, above, belowMost: false);

    /// <summary>A number from 0 to below 1.</summary>
    public static PipelineParameter Share(string name, string meaning) =>
        new(name, meaning, whole: false, 0, 1, aboveLeast: false, belowMost: true);

    /// <summary>Whether a value is among those it can take.</summary>
    public bool Takes(ParameterValue value) => value.IsNumber && value.AsDouble() is var number && double.IsFinite(number)
        && (_aboveLeast ? number > _least : number >= _least) && (_belowMost ? number < _most : number <= _most)
        && (!_whole || (number == Math.Floor(number) && number <= int.MaxValue));

    /// <summary>Says which value of a search space's parameter it can't take, or that it does not exist in every trial; null when all is well.</summary>
    /// <param name="parameter">The parameter of that name.</param>
    public string? Fault(Parameter parameter)
    {
        if (parameter.Condition is { } condition)
        {
            return $"has to exist in every trial, not only when {condition.Parent} is one of some values.";
        }
        ParameterValue? refused = parameter switch
        {
            FloatParameter p => First(p.Low, p.High) ?? (_whole && p.Low != p.High && !IsWhole(p.Step) ? p.Low + (p.Step ?? 0.5) : (ParameterValue?)null),
            IntParameter p => First(p.Low, p.High),
            CategoricalParameter p => First([.. p.Choices]),
            FixedParameter p => First(p.Value),
            _ => null,
        };
        return refused is { } value ? $"{(value.IsText ? $"\"{value}\"" : value)} is not possible; it is {Range}." : null;
    }

    private ParameterValue? First(params ReadOnlySpan<ParameterValue> values)
    {
        foreach (var value in values)
        {
            if (!Takes(value))
            {
                return value;
            }
        }
        return null;
    }

    private static bool IsWhole(double? step) => step is { } distance && distance == Math.Floor(distance);

    private static string Show(double number) => number.ToString(CultureInfo.InvariantCulture);
}
