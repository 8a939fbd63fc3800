using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workbench.Core.Search;

/// <summary>
/// The parameters of one trial, in the order of the search space. Immutable. Two sets are equal when they hold the same names
/// and values, in whichever order (a jsonb column does not keep the order). As JSON it is an object.
/// </summary>
[JsonConverter(typeof(ParameterSetConverter))]
[SuppressMessage("Naming", "CA1710", Justification = "A set of parameters is what everybody calls it.")]
public sealed class ParameterSet : IReadOnlyDictionary<string, ParameterValue>, IEquatable<ParameterSet>
{
    // A search space has a handful of parameters: a scan beats hashing.
    private readonly string[] _names;
    private readonly ParameterValue[] _values;

    /// <summary>Creates a set in the given order.</summary>
    /// <exception cref="SearchException">A name occurs twice.</exception>
    public ParameterSet(params ReadOnlySpan<(string Name, ParameterValue Value)> entries)
    {
        _names = new string[entries.Length];
        _values = new ParameterValue[entries.Length];
        // What a person sends may be long.
        var known = entries.Length > 16 ? new HashSet<string>(entries.Length, StringComparer.Ordinal) : null;
        for (var i = 0; i < entries.Length; i++)
        {
            var (name, value) = entries[i];
            if (known is null ? Array.IndexOf(_names, name, 0, i) >= 0 : !known.Add(name))
                throw new SearchException(name, $"{name}: given twice.");
            _names[i] = name;
            _values[i] = value;
        }
    }

    /// <summary>Creates a set in the given order.</summary>
    /// <exception cref="SearchException">A name occurs twice.</exception>
    public ParameterSet(IEnumerable<KeyValuePair<string, ParameterValue>> entries)
        : this([.. entries.Select(e => (e.Key, e.Value))]) { }

    // The names are known to be different: they come from a space.
    internal ParameterSet(string[] names, ParameterValue[] values) => (_names, _values) = (names, values);

    /// <summary>The set without parameters.</summary>
    public static ParameterSet Empty { get; } = new(ReadOnlySpan<(string, ParameterValue)>.Empty);

    /// <inheritdoc />
    public int Count => _names.Length;

    /// <inheritdoc />
    public IEnumerable<string> Keys => _names;

    /// <inheritdoc />
    public IEnumerable<ParameterValue> Values => _values;

    /// <summary>The value of a parameter.</summary>
    /// <exception cref="SearchException">There is no such parameter.</exception>
    public ParameterValue this[string key] => TryGetValue(key, out var value)
        ? value
        : throw new SearchException(key, $"{key}: missing. The parameters are {Words.List(_names)}.");

    /// <summary>The value of a numeric parameter.</summary>
    /// <exception cref="SearchException">There is no such parameter, or it is a text.</exception>
    [SuppressMessage("Naming", "CA1720", Justification = "Reads as the parameter's type in a search space.")]
    public double Double(string name) => this[name] is { IsNumber: true } number
        ? number.AsDouble()
        : throw new SearchException(name, $"{name}: \"{this[name]}\" is not a number.");

    /// <summary>The value of an integer parameter.</summary>
    /// <exception cref="SearchException">There is no such parameter, or it is not an integer of 32 bits.</exception>
    [SuppressMessage("Naming", "CA1720", Justification = "Reads as the parameter's type in a search space.")]
    public int Int(string name)
    {
        try
        {
            return this[name].AsInt();
        }
        catch (Exception e) when (e is InvalidCastException or OverflowException)
        {
            throw new SearchException(name, $"{name}: {this[name]} is not an integer of 32 bits.");
        }
    }

    /// <summary>The value of a parameter as text; numbers in the invariant culture.</summary>
    /// <exception cref="SearchException">There is no such parameter.</exception>
    public string Text(string name) => this[name].ToString();

    /// <inheritdoc />
    public bool ContainsKey(string key) => IndexOf(key) >= 0;

    /// <inheritdoc />
    public bool TryGetValue(string key, out ParameterValue value)
    {
        var i = IndexOf(key);
        value = i < 0 ? default : _values[i];
        return i >= 0;
    }

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, ParameterValue>> GetEnumerator()
    {
        for (var i = 0; i < _names.Length; i++)
            yield return new(_names[i], _values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc />
    public bool Equals(ParameterSet? other)
    {
        if (other is null || other.Count != Count)
            return false;
        for (var i = 0; i < _names.Length; i++)
            if (!other.TryGetValue(_names[i], out var value) || value != _values[i])
                return false;
        return true;
    }

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as ParameterSet);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = Count;
        for (var i = 0; i < _names.Length; i++)
            hash ^= HashCode.Combine(_names[i], _values[i]);
        return hash;
    }

    /// <summary>The set as <c>name = value, …</c>.</summary>
    public override string ToString() => string.Join(", ", this.Select(e => $"{e.Key} = {e.Value}"));

    private int IndexOf(string name)
    {
        // The sampler's sets share the space's strings, so that nearly always the first pass finds the name.
        for (var i = 0; i < _names.Length; i++)
            if (ReferenceEquals(_names[i], name))
                return i;
        return Array.IndexOf(_names, name);
    }
}

internal sealed class ParameterSetConverter : JsonConverter<ParameterSet>
{
    public override ParameterSet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var json = JsonElement.ParseValue(ref reader);
        if (json.ValueKind != JsonValueKind.Object)
            throw new SearchException("Parameters are an object like {\"learning_rate\": 0.01}.");
        return new([.. json.EnumerateObject().Select(p => (p.Name, ParameterValue.Read(p.Value, p.Name)))]);
    }

    public override void Write(Utf8JsonWriter writer, ParameterSet value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, entry) in value)
        {
            writer.WritePropertyName(name);
            entry.Write(writer);
        }
        writer.WriteEndObject();
    }
}
