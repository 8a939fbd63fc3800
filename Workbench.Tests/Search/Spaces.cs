using CsCheck;
using Workbench.Core.Search;

namespace Workbench.Tests.Search;

/// <summary>Search spaces and trials to test with.</summary>
internal static class Spaces
{
    /// <summary>Every kind of parameter, as the API takes it.</summary>
    public const string Json = """
        {"learning_rate":{"type":"float","low":1e-5,"high":0.1,"log":true},"dropout":{"type":"float","low":0,"high":0.5,"step":0.1},
         "num_hidden":{"type":"int","low":8,"high":64},"width":{"type":"int","low":1,"high":512,"log":true},
         "opt":{"type":"categorical","choices":["adam","sgd"]},"momentum":{"type":"float","low":0,"high":0.99,"when":{"opt":["sgd"]}},
         "batch":{"type":"fixed","value":128}}
        """;

    /// <summary>Any space: numbers of both kinds on every scale, categories, and a parameter that depends on one.</summary>
    public static readonly Gen<SearchSpace> Any =
        from numbers in AnyNumeric.Array[0, 4]
        from choices in Gen.Int[1, 5]
        from allowed in Gen.Int[1, 5]
        from child in AnyNumeric
        select new SearchSpace([
            child("child") with { Condition = new("choice", [.. Texts(Math.Min(allowed, choices))]) },
            .. numbers.Select((make, i) => make($"p{i}")),
            new CategoricalParameter("choice", [.. Texts(choices)]),
            new FixedParameter("fixed", 7),
        ]);

    public static SearchSpace All { get; } = SearchSpace.Parse(Json);

    public static SearchSpace Plane { get; } = new(new FloatParameter("x", -5, 10), new FloatParameter("y", 0, 15));

    private static Gen<Func<string, Parameter>> AnyNumeric => Gen.OneOf<Func<string, Parameter>>(
        from low in Gen.Double[-1000, 1000]
        from width in Gen.Double[1e-3, 1000]
        select new Func<string, Parameter>(name => new FloatParameter(name, low, low + width)),
        from low in Gen.Double[1e-8, 1]
        from factor in Gen.Double[1.1, 1e6]
        select new Func<string, Parameter>(name => new FloatParameter(name, low, low * factor, Log: true)),
        from low in Gen.Int[-100, 100]
        from steps in Gen.Int[0, 300]
        from step in Gen.Int[0, 2].Select(i => new[] { 0.1, 0.25, 3 }[i])
        select new Func<string, Parameter>(name => new FloatParameter(name, low, (double)(low + steps * (decimal)step), Step: step)),
        from low in Gen.Int[-1000, 1000]
        from steps in Gen.Int[0, 2000]
        from step in Gen.Int[1, 8]
        select new Func<string, Parameter>(name => new IntParameter(name, low, low + steps * step, Step: step)),
        from low in Gen.Int[1, 50]
        from width in Gen.Int[0, 5000]
        select new Func<string, Parameter>(name => new IntParameter(name, low, low + width, Log: true)));

    /// <summary>Finished trials with parameters at random and the values of a function of them.</summary>
    public static List<Trial> Finished(SearchSpace space, int count, Func<ParameterSet, double> value, long seed = 0)
    {
        var random = new RandomSettings().Create();
        return [.. Enumerable.Range(0, count)
            .Select(number => (number, set: random.Suggest(space, Direction.Minimize, [], number, seed)!))
            .Select(t => Complete(t.number, t.set, value(t.set)))];
    }

    public static Trial Complete(int number, ParameterSet set, double value) => new(number, TrialState.Complete, set, value, []);

    /// <summary>A trial that reported the given values at steps 1, 2, …</summary>
    public static Trial Curve(int number, params double[] values) => new(number, TrialState.Complete, ParameterSet.Empty, values[^1],
        [.. values.Select((value, i) => new StepValue(i + 1, value))]);

    /// <summary>Branin's function of the plane, minimum 0.398.</summary>
    public static double Branin(ParameterSet set)
    {
        double x = set.Double("x"), y = set.Double("y");
        var curve = y - 5.1 / (4 * Math.PI * Math.PI) * x * x + 5 / Math.PI * x - 6;
        return curve * curve + 10 * (1 - 1 / (8 * Math.PI)) * Math.Cos(x) + 10;
    }

    private static IEnumerable<ParameterValue> Texts(int count) => Enumerable.Range(0, count).Select(i => (ParameterValue)$"c{i}");
}
