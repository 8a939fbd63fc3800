using Workbench.Core.Search;

namespace Workbench.Benchmarks;

/// <summary>A function to minimise, in place of training a model.</summary>
internal sealed record Objective(string Name, SearchSpace Space, Func<ParameterSet, double> Value)
{
    private static readonly double[][] HartmannA =
    [
        [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14],
    ];

    private static readonly double[][] HartmannP =
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    private static readonly double[] HartmannAlpha = [1, 1.2, 3, 3.2];

    /// <summary>Two dimensions, three equal minima of 0.398.</summary>
    public static Objective Branin { get; } = new("Branin",
        new(new FloatParameter("x0", -5, 10), new FloatParameter("x1", 0, 15)),
        p =>
        {
            double x = p.Double("x0"), y = p.Double("x1");
            var curve = y - 5.1 / (4 * Math.PI * Math.PI) * x * x + 5 / Math.PI * x - 6;
            return curve * curve + 10 * (1 - 1 / (8 * Math.PI)) * Math.Cos(x) + 10;
        });

    /// <summary>Six dimensions, several minima, the least −3.322.</summary>
    public static Objective Hartmann6 { get; } = new("Hartmann6", Cube(6, 0, 1), p =>
    {
        var sum = 0.0;
        for (var i = 0; i < 4; i++)
        {
            var inner = 0.0;
            for (var j = 0; j < 6; j++)
                inner += HartmannA[i][j] * Math.Pow(p.Double($"x{j}") - HartmannP[i][j], 2);
            sum -= HartmannAlpha[i] * Math.Exp(-inner);
        }
        return sum;
    });

    /// <summary>Four dimensions from −5 to 10, a curved narrow valley, the minimum 0.</summary>
    public static Objective Rosenbrock4 { get; } = new("Rosenbrock-4D", Cube(4, -5, 10), p =>
    {
        var sum = 0.0;
        for (var i = 0; i < 3; i++)
        {
            double x = p.Double($"x{i}"), next = p.Double($"x{i + 1}");
            sum += 100 * (next - x * x) * (next - x * x) + (1 - x) * (1 - x);
        }
        return sum;
    });

    /// <summary>
    /// The transfer pipeline's space and a choice of optimizer, with an error in percent of the shape that is to be expected there: a
    /// valley in the learning rate that shifts with epochs and momentum, steep harm from the smallest penalties, more units and epochs
    /// a little better. The minimum is 0.963.
    /// </summary>
    public static Objective Transfer { get; } = new("Transfer pipeline's space",
        new(new FloatParameter("learning_rate", 1e-5, 1e-1, Log: true), new FloatParameter("l1", 0, 0.05), new FloatParameter("l2", 0, 0.05),
            new IntParameter("num_hidden", 8, 64), new IntParameter("epochs", 3, 10),
            new CategoricalParameter("optimizer", ["adam", "sgd"]),
            new FloatParameter("momentum", 0, 0.99) { Condition = new("optimizer", ["sgd"]) }),
        p =>
        {
            var momentum = p.TryGetValue("momentum", out var m) ? m.AsDouble() : 0;
            var rate = Math.Log10(p.Double("learning_rate") / (1 - momentum) * p.Double("epochs") / 10);
            var centre = p.Text("optimizer") == "adam" ? -2.5 : -1;
            var slowness = p.Text("optimizer") == "adam" ? 0 : 0.1 + 0.2 * (0.9 - momentum) * (0.9 - momentum);
            return 0.9 + 0.6 * (rate - centre) * (rate - centre) + slowness
                + 3 * Math.Pow(p.Double("l1") / 0.05, 0.5) + Math.Pow(p.Double("l2") / 0.05, 0.7)
                + 4.0 / p.Int("num_hidden") + 0.3 * (10 - p.Int("epochs")) / 7;
        });

    private static SearchSpace Cube(int dimensions, double low, double high) =>
        new(Enumerable.Range(0, dimensions).Select(i => new FloatParameter($"x{i}", low, high)));
}
