using System.Globalization;

namespace Workbench.Core.Search;

/// <summary>Says when a conditional parameter exists: when its parent takes one of some values.</summary>
/// <param name="Parent">Name of a categorical (or fixed) parameter.</param>
/// <param name="Values">The values of the parent for which the parameter exists.</param>
public sealed record Condition(string Parent, IReadOnlyList<ParameterValue> Values)
{
    internal bool Allows(ParameterValue? parent)
    {
        if (parent is { } value)
            for (var i = 0; i < Values.Count; i++)
                if (SameValue.Comparer.Equals(Values[i], value))
                    return true;
        return false;
    }

    /// <inheritdoc />
    public bool Equals(Condition? other) => other is not null && Parent == other.Parent && Values.SequenceEqual(other.Values);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Parent, Values.Count);
}

/// <summary>One dimension of a search space. A space checks its parameters; a parameter alone does not.</summary>
/// <param name="Name">Unique within the space.</param>
public abstract record Parameter(string Name)
{
    /// <summary>When the parameter exists; null: always.</summary>
    public Condition? Condition { get; init; }

    /// <summary>How many values it can take; null when they are a continuum.</summary>
    public abstract long? Count { get; }

    /// <summary>
    /// The value at a place in [0, 1], so that uniform places give uniform values (log-uniform ones on a log scale) and every
    /// value of a discrete parameter has its equal share. Inverse of <see cref="ToUnit" /> up to rounding to the grid.
    /// </summary>
    internal abstract ParameterValue FromUnit(double unit);

    /// <summary>The place of a value in [0, 1]: the middle of its share when the parameter is discrete.</summary>
    internal abstract double ToUnit(ParameterValue value);

    /// <summary>Says what is wrong with the parameter itself.</summary>
    /// <exception cref="SearchException">Something is.</exception>
    internal abstract void Validate();

    /// <summary>The value in the parameter's own kind (5 for an integer 5.0), or what would be right.</summary>
    /// <exception cref="SearchException">The parameter cannot take the value.</exception>
    internal abstract ParameterValue Check(ParameterValue value);

    private protected SearchException Fault(string what) => new(Name, $"{Name}: {what}");

    private protected SearchException Refuse(ParameterValue value, string right) =>
        Fault($"{(value.IsText ? $"\"{Words.Short(value.ToString())}\"" : value)} is not possible; {right}.");

    private protected static string Show(double number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A floating-point number.</summary>
/// <param name="Name">Unique within the space.</param>
/// <param name="Low">Smallest value, included.</param>
/// <param name="High">Largest value, included.</param>
/// <param name="Log">Whether the scale is logarithmic; then low &gt; 0.</param>
/// <param name="Step">Distance of the values from <paramref name="Low" /> to <paramref name="High" />; null: all between.</param>
public sealed record FloatParameter(string Name, double Low, double High, bool Log = false, double? Step = null) : Parameter(Name)
{
    /// <inheritdoc />
    public override long? Count => Low == High ? 1 : Step is { } step ? (long)Math.Round((High - Low) / step) + 1 : null;

    // Wider than the largest number, a logarithmic range has no ratio.
    private double Ratio => High / Low;

    internal override ParameterValue FromUnit(double unit)
    {
        if (Low == High)
            return Low;
        if (Step is { } step)
        {
            var k = Math.Clamp((long)(unit * Count!.Value), 0, Count.Value - 1);
            return k == Count.Value - 1 ? High : OnGrid(k, step);
        }
        var value = unit >= 1 ? High
            : !Log ? Low + unit * (High - Low)
            : double.IsFinite(Ratio) ? Low * Math.Pow(Ratio, unit)
            : Math.Pow(Low, 1 - unit) * Math.Pow(High, unit);
        return Math.Clamp(value, Low, High);
    }

    internal override double ToUnit(ParameterValue value)
    {
        var x = value.AsDouble();
        if (Low == High)
            return 0.5;
        if (Step is { } step)
            return (Math.Round((x - Low) / step) + 0.5) / Count!.Value;
        var unit = !Log ? (x - Low) / (High - Low)
            : double.IsFinite(Ratio) ? Math.Log(x / Low) / Math.Log(Ratio)
            : (Math.Log(x) - Math.Log(Low)) / (Math.Log(High) - Math.Log(Low));
        return Math.Clamp(unit, 0, 1);
    }

    internal override void Validate()
    {
        if (!double.IsFinite(Low) || !double.IsFinite(High))
            throw Fault($"low ({Show(Low)}) and high ({Show(High)}) have to be finite numbers.");
        if (Low > High)
            throw Fault($"low ({Show(Low)}) is above high ({Show(High)}).");
        if (!double.IsFinite(High - Low))
            throw Fault($"the range from {Show(Low)} to {Show(High)} is too wide.");
        if (Log && Low <= 0)
            throw Fault($"a logarithmic scale needs low above 0, not {Show(Low)}.");
        if (Step is not { } step)
            return;
        if (Log)
            throw Fault("a logarithmic scale cannot have a step; leave out one of them.");
        if (!(step > 0) || !double.IsFinite(step))
            throw Fault($"step has to be above 0, not {Show(step)}.");
        var steps = (High - Low) / step;
        if (steps > 1e9 || Math.Abs(steps - Math.Round(steps)) > 1e-6)
            throw Fault($"step {Show(step)} does not divide the range from {Show(Low)} to {Show(High)}; " +
                $"high could be {Show(OnGrid((long)Math.Min(Math.Floor(steps + 1e-6), 1e9), step))}.");
    }

    internal override ParameterValue Check(ParameterValue value)
    {
        if (!value.IsNumber || !double.IsFinite(value.AsDouble()))
            throw Refuse(value, $"it is a number from {Show(Low)} to {Show(High)}");
        var x = value.AsDouble();
        if (x < Low || x > High)
            throw Refuse(value, $"it lies from {Show(Low)} to {Show(High)}");
        if (Step is { } step && Math.Abs((x - Low) / step - Math.Round((x - Low) / step)) > 1e-6)
            throw Refuse(value, $"it goes from {Show(Low)} in steps of {Show(step)}");
        return x;
    }

    // Decimal arithmetic, because people read these numbers: 0.3, not 0.30000000000000004.
    private double OnGrid(long k, double step) =>
        step > 1e-9 && Math.Abs(Low) < 1e9 && Math.Abs(High) < 1e9 ? (double)((decimal)Low + k * (decimal)step) : Low + k * step;
}

/// <summary>An integer.</summary>
/// <param name="Name">Unique within the space.</param>
/// <param name="Low">Smallest value, included.</param>
/// <param name="High">Largest value, included.</param>
/// <param name="Log">Whether the scale is logarithmic; then low ≥ 1 and step = 1.</param>
/// <param name="Step">Distance of the values from <paramref name="Low" /> to <paramref name="High" />.</param>
public sealed record IntParameter(string Name, long Low, long High, bool Log = false, long Step = 1) : Parameter(Name)
{
    // Integers above this are not exact as floating-point numbers.
    private const long Largest = 1L << 52;

    /// <inheritdoc />
    public override long? Count => (High - Low) / Step + 1;

    internal override ParameterValue FromUnit(double unit)
    {
        if (!Log)
            return Low + Step * Math.Clamp((long)(unit * Count!.Value), 0, Count.Value - 1);
        // On a log scale an integer owns what rounds to it: [i − ½, i + ½).
        var x = (Low - 0.5) * Math.Exp(unit * Math.Log((High + 0.5) / (Low - 0.5)));
        return Math.Clamp((long)Math.Round(x), Low, High);
    }

    internal override double ToUnit(ParameterValue value)
    {
        var x = value.AsDouble();
        return Log
            ? Math.Clamp(Math.Log(x / (Low - 0.5)) / Math.Log((High + 0.5) / (Low - 0.5)), 0, 1)
            : (Math.Round((x - Low) / Step) + 0.5) / Count!.Value;
    }

    internal override void Validate()
    {
        if (Low > High)
            throw Fault($"low ({Low}) is above high ({High}).");
        if (Low < -Largest || High > Largest)
            throw Fault($"low ({Low}) and high ({High}) have to lie within ±2^52.");
        if (Log && Low < 1)
            throw Fault($"a logarithmic scale needs low of at least 1, not {Low}.");
        if (Step < 1)
            throw Fault($"step has to be at least 1, not {Step}.");
        if (Log && Step != 1)
            throw Fault($"a logarithmic scale cannot have a step ({Step}); leave out one of them.");
        if ((High - Low) % Step != 0)
            throw Fault($"step {Step} does not divide the range from {Low} to {High}; high could be {High - (High - Low) % Step}.");
    }

    internal override ParameterValue Check(ParameterValue value)
    {
        if (!value.IsNumber || value.AsDouble() is var x && (x != Math.Floor(x) || Math.Abs(x) > Largest))
            throw Refuse(value, $"it is an integer from {Low} to {High}");
        var integer = value.AsLong();
        if (integer < Low || integer > High)
            throw Refuse(value, $"it lies from {Low} to {High}");
        if ((integer - Low) % Step != 0)
            throw Refuse(value, $"it goes from {Low} in steps of {Step}");
        return integer;
    }
}

/// <summary>One of some values without an order between them.</summary>
/// <param name="Name">Unique within the space.</param>
/// <param name="Choices">At least one, all different.</param>
public sealed record CategoricalParameter(string Name, IReadOnlyList<ParameterValue> Choices) : Parameter(Name)
{
    private Dictionary<ParameterValue, int>? _numbers;

    /// <inheritdoc />
    public override long? Count => Choices.Count;

    /// <inheritdoc />
    public bool Equals(CategoricalParameter? other) =>
        other is not null && Name == other.Name && Condition == other.Condition && Choices.SequenceEqual(other.Choices);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Name, Choices.Count);

    internal override ParameterValue FromUnit(double unit) => Choices[Math.Clamp((int)(unit * Choices.Count), 0, Choices.Count - 1)];

    internal override double ToUnit(ParameterValue value) => (IndexOf(value) + 0.5) / Choices.Count;

    internal int IndexOf(ParameterValue value) => Find(value) is >= 0 and var index ? index : throw Refuse(value, $"it is one of {Listed}");

    /// <summary>Whether the value is one of the choices.</summary>
    internal bool Has(ParameterValue value) => Find(value) >= 0;

    /// <summary>The choices, or the first of many, for a person to read.</summary>
    internal string Listed => Words.List(Choices);

    internal override void Validate()
    {
        if (Choices.Count == 0)
            throw Fault("choices is empty; give at least one.");
        HashSet<ParameterValue> known = new(SameValue.Comparer);
        foreach (var choice in Choices)
            if (!known.Add(choice))
                throw Fault($"the choice {choice} is given twice.");
    }

    // A few choices are looked through faster than they are hashed.
    private int Find(ParameterValue value)
    {
        if (Choices.Count > 16)
            return Numbers.TryGetValue(value, out var number) ? number : -1;
        for (var i = 0; i < Choices.Count; i++)
            if (SameValue.Comparer.Equals(Choices[i], value))
                return i;
        return -1;
    }

    private Dictionary<ParameterValue, int> Numbers => _numbers ??= Choices.Index().ToDictionary(c => c.Item, c => c.Index, SameValue.Comparer);

    internal override ParameterValue Check(ParameterValue value) => Choices[IndexOf(value)];
}

/// <summary>A parameter that is not searched: every trial gets the same value.</summary>
/// <param name="Name">Unique within the space.</param>
/// <param name="Value">The value.</param>
public sealed record FixedParameter(string Name, ParameterValue Value) : Parameter(Name)
{
    /// <inheritdoc />
    public override long? Count => 1;

    internal override ParameterValue FromUnit(double unit) => Value;

    internal override double ToUnit(ParameterValue value) => 0.5;

    internal override void Validate()
    {
        if (Value.IsNumber && !double.IsFinite(Value.AsDouble()))
            throw Fault($"the value has to be a finite number, not {Value}.");
    }

    internal override ParameterValue Check(ParameterValue value) =>
        SameValue.Comparer.Equals(value, Value) ? Value : throw Refuse(value, $"it is fixed at {Value}");
}
