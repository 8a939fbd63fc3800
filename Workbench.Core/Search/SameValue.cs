namespace Workbench.Core.Search;

/// <summary>Takes 1 and 1.0 for the same value: JavaScript does not tell them apart.</summary>
internal sealed class SameValue : IEqualityComparer<ParameterValue>
{
    public static SameValue Comparer { get; } = new();

    public bool Equals(ParameterValue x, ParameterValue y) => x == y || (x.IsNumber && y.IsNumber && x.AsDouble() == y.AsDouble());

    public int GetHashCode(ParameterValue value) =>
        value.IsNumber ? value.AsDouble().GetHashCode() : value.ToString().GetHashCode(StringComparison.Ordinal);
}
