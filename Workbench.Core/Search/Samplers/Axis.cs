namespace Workbench.Core.Search.Samplers;

/// <summary>How a density treats one parameter, whose values lie in [0, 1] by <see cref="Parameter.ToUnit" />.</summary>
internal sealed class Axis
{
    // With more values than this the step lies below every bandwidth: as good as a continuum.
    private const int FinestGrid = 256;

    private readonly double[] _edges;

    public Axis(Parameter parameter)
    {
        Parameter = parameter;
        IsCategorical = parameter is CategoricalParameter;
        Cells = parameter.Count is { } count && (IsCategorical || count <= FinestGrid) ? (int)count : 0;
        _edges = new double[Cells == 0 || IsCategorical ? 0 : Cells + 1];
        for (var k = 0; k < _edges.Length; k++)
            _edges[k] = parameter is IntParameter { Log: true } integer
                ? Math.Log((integer.Low - 0.5 + k) / (integer.Low - 0.5)) / Math.Log((integer.High + 0.5) / (integer.Low - 0.5))
                : (double)k / Cells;
    }

    public Parameter Parameter { get; }

    public bool IsCategorical { get; }

    /// <summary>Number of values when each has a probability of its own; 0 for a continuum.</summary>
    public int Cells { get; }

    /// <summary>Where the share of the value number k begins; ends at Edge(k + 1). Not for categories, which have no order.</summary>
    public double Edge(int k) => _edges[k];

    /// <summary>The value's number.</summary>
    public int CellOf(double unit)
    {
        if (IsCategorical)
            return Math.Clamp((int)(unit * Cells), 0, Cells - 1);
        var k = Array.BinarySearch(_edges, unit);
        return Math.Clamp(k >= 0 ? k : ~k - 1, 0, Cells - 1);
    }

    /// <summary>The place of the value number k.</summary>
    public double Centre(int k) => IsCategorical ? (k + 0.5) / Cells : (_edges[k] + _edges[k + 1]) / 2;
}
