using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workbench.Core.Search;

/// <summary>
/// What a study may vary. Immutable and valid: a faulty one cannot be made. Two spaces are equal when they hold the same
/// parameters, in whichever order. The JSON form is an object from names to parameters:
/// <code>
/// {"learning_rate": {"type": "float", "low": 1e-5, "high": 0.1, "log": true},
///  "num_hidden":    {"type": "int", "low": 8, "high": 64, "step": 8},
///  "opt":           {"type": "categorical", "choices": ["adam", "sgd"]},
///  "momentum":      {"type": "float", "low": 0, "high": 0.99, "when": {"opt": ["sgd"]}},
///  "batch":         {"type": "fixed", "value": 128}}
/// </code>
/// </summary>
[JsonConverter(typeof(SearchSpaceConverter))]
[SuppressMessage("Naming", "CA1710", Justification = "A search space is what everybody calls it.")]
public sealed class SearchSpace : IReadOnlyList<Parameter>, IEquatable<SearchSpace>
{
    private readonly Parameter[] _parameters;
    private readonly Dictionary<string, int> _numbers;
    private readonly int[] _parents;
    private readonly int[] _parentsFirst;

    /// <summary>Creates a space in the given order.</summary>
    /// <exception cref="SearchException">A parameter is faulty; the message says which and how.</exception>
    public SearchSpace(params IEnumerable<Parameter> parameters)
    {
        _parameters = [.. parameters];
        _numbers = new(_parameters.Length, StringComparer.Ordinal);
        foreach (var (i, parameter) in _parameters.Index())
        {
            if (string.IsNullOrWhiteSpace(parameter.Name))
                throw new SearchException("A parameter has no name.");
            if (!_numbers.TryAdd(parameter.Name, i))
                throw new SearchException(parameter.Name, $"{parameter.Name}: given twice; names have to be unique.");
            parameter.Validate();
        }
        foreach (var parameter in _parameters)
            CheckCondition(parameter);
        _parents = [.. _parameters.Select(p => p.Condition is { } condition ? _numbers[condition.Parent] : -1)];
        var depths = Depths();
        _parentsFirst = [.. Enumerable.Range(0, _parameters.Length).OrderBy(i => depths[i])];
    }

    /// <inheritdoc />
    public int Count => _parameters.Length;

    /// <inheritdoc />
    public Parameter this[int index] => _parameters[index];

    /// <summary>Reads the JSON form.</summary>
    /// <exception cref="SearchException">It is not JSON, or a parameter is faulty.</exception>
    public static SearchSpace Parse([StringSyntax(StringSyntaxAttribute.Json)] string json)
    {
        try
        {
            return JsonSerializer.Deserialize<SearchSpace>(json)
                ?? throw new SearchException("The search space is missing: null given.");
        }
        catch (JsonException e)
        {
            throw new SearchException($"The search space is not valid JSON: {e.Message}");
        }
    }

    /// <summary>The JSON form.</summary>
    public override string ToString() => JsonSerializer.Serialize(this);

    /// <summary>
    /// Checks a set that was not sampled and brings it into the space's order and kinds: an integer given for a floating-point
    /// parameter becomes one, fixed parameters may be left out.
    /// </summary>
    /// <exception cref="SearchException">A value is missing, superfluous or not possible; the message says which and why.</exception>
    public ParameterSet Validate(ParameterSet set)
    {
        RefuseUnknown(set);
        var valid = Build(i => set.TryGetValue(this[i].Name, out var value) ? this[i].Check(value)
            : this[i] is FixedParameter { Value: var same } ? same
            : throw new SearchException(this[i].Name, $"{this[i].Name}: missing."));
        foreach (var name in set.Keys)
            if (!valid.ContainsKey(name) && Find(name)!.Condition is { } condition)
                throw new SearchException(name, $"{name}: only exists when {condition.Parent} is {Words.List(condition.Values, " or ")}.");
        return valid;
    }

    /// <summary>As <see cref="Validate" />, but any parameter may be left out, except one that another given one depends on.</summary>
    /// <exception cref="SearchException">A value is superfluous or not possible; the message says which and why.</exception>
    public ParameterSet ValidatePart(ParameterSet set)
    {
        RefuseUnknown(set);
        ParameterSet part = new(this.Where(p => set.ContainsKey(p.Name)).Select(p => KeyValuePair.Create(p.Name, p.Check(set[p.Name]))));
        foreach (var name in part.Keys)
            if (Find(name)!.Condition is { } condition && !condition.Allows(ValueOf(condition.Parent)))
                throw new SearchException(name, $"{name}: only exists when {condition.Parent} is {Words.List(condition.Values, " or ")}; " +
                    (ValueOf(condition.Parent) is { } other ? $"here it is {other}." : $"give {condition.Parent}, too."));
        return part;

        ParameterValue? ValueOf(string name) =>
            part.TryGetValue(name, out var value) ? value : Find(name) is FixedParameter { Value: var same } ? same : (ParameterValue?)null;
    }

    /// <summary>The space in which the given parameters can't vary: what is sampled from it holds them.</summary>
    /// <param name="part">What <see cref="ValidatePart" /> accepts.</param>
    public SearchSpace Fix(ParameterSet part) => new(this.Select(
        p => part.TryGetValue(p.Name, out var value) ? new FixedParameter(p.Name, value) { Condition = p.Condition } : p));

    /// <summary>Whether <see cref="Validate" /> would accept the set.</summary>
    public bool Contains(ParameterSet set)
    {
        try
        {
            Validate(set);
            return true;
        }
        catch (SearchException)
        {
            return false;
        }
    }

    /// <inheritdoc />
    public IEnumerator<Parameter> GetEnumerator() => _parameters.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc />
    public bool Equals(SearchSpace? other) =>
        other is not null && other.Count == Count && _parameters.All(p => p.Equals(other.Find(p.Name)));

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as SearchSpace);

    /// <inheritdoc />
    public override int GetHashCode() => _parameters.Aggregate(Count, (hash, p) => hash ^ p.GetHashCode());

    /// <summary>The parameter of that name, or null.</summary>
    public Parameter? Find(string name) => _numbers.TryGetValue(name, out var number) ? _parameters[number] : null;

    /// <summary>The place of the parameter of that name in the space's order.</summary>
    internal int NumberOf(string name) => _numbers[name];

    /// <summary>Asks for a value of every parameter that exists, given its index, parents before their children.</summary>
    internal ParameterSet Build(Func<int, ParameterValue> choose)
    {
        var chosen = new ParameterValue?[_parameters.Length];
        var count = 0;
        foreach (var i in _parentsFirst)
        {
            if (_parameters[i].Condition is { } condition && !condition.Allows(chosen[_parents[i]]))
                continue;
            chosen[i] = choose(i);
            count++;
        }
        var names = new string[count];
        var values = new ParameterValue[count];
        for (int i = 0, k = 0; i < chosen.Length; i++)
            if (chosen[i] is { } value)
                (names[k], values[k++]) = (_parameters[i].Name, value);
        return new(names, values);
    }

    /// <summary>Every set made of the given values of each parameter, the last one varying fastest.</summary>
    internal IEnumerable<ParameterSet> Combinations(IReadOnlyList<IReadOnlyList<ParameterValue>> values)
    {
        var at = new int[_parameters.Length];
        var exists = new bool[_parameters.Length];
        while (true)
        {
            Array.Clear(exists);
            yield return Build(i =>
            {
                exists[i] = true;
                return values[i][at[i]];
            });
            // The next one, skipping what does not exist here: counting it would give the same set again.
            var k = _parentsFirst.Length - 1;
            for (; k >= 0; k--)
            {
                var i = _parentsFirst[k];
                if (exists[i] && ++at[i] < values[i].Count)
                    break;
                at[i] = 0;
            }
            if (k < 0)
                yield break;
        }
    }

    private void RefuseUnknown(ParameterSet set)
    {
        foreach (var name in set.Keys)
            if (Find(name) is null)
                throw new SearchException(name,
                    $"{Words.Short(name)}: not in the search space, which has {Words.List([.. _parameters.Select(p => p.Name)])}.");
    }

    private void CheckCondition(Parameter parameter)
    {
        if (parameter.Condition is not { } condition)
            return;
        var name = parameter.Name;
        var parent = Find(condition.Parent)
            ?? throw new SearchException(name, $"{name}: depends on {condition.Parent}, which is not in the space.");
        if (condition.Values.Count == 0)
            throw new SearchException(name, $"{name}: never exists; give values of {condition.Parent} for which it does.");
        if (parent is CategoricalParameter categorical)
        {
            foreach (var value in condition.Values)
                if (!categorical.Has(value))
                    throw new SearchException(name, $"{name}: {parent.Name} is never {value}; it is one of {categorical.Listed}.");
        }
        else if (parent is not FixedParameter)
            throw new SearchException(name, $"{name}: can only depend on a categorical parameter, which {parent.Name} is not.");
    }

    /// <summary>How many ancestors each parameter has.</summary>
    private int[] Depths()
    {
        var depths = new int[_parameters.Length];
        Stack<int> path = [];
        for (var i = 0; i < depths.Length; i++)
        {
            // Up to an ancestor whose depth is known, or without a parent; then back down.
            for (var at = i; _parents[at] >= 0 && depths[at] == 0; at = _parents[at])
            {
                path.Push(at);
                if (path.Count > depths.Length)
                    throw new SearchException(_parameters[i].Name, $"{_parameters[i].Name}: depends on itself.");
            }
            while (path.TryPop(out var at))
                depths[at] = depths[_parents[at]] + 1;
        }
        return depths;
    }
}
