using System.Text.Json.Serialization;
using Workbench.Core.Search.Samplers;

namespace Workbench.Core.Search;

/// <summary>
/// Which sampler a study uses, and its options. As JSON <c>{"type": "tpe", "gamma": 0.1}</c>, or just <c>"tpe"</c>; declare
/// properties as <see cref="SamplerSettings" />, not as a derived type, for the type to be written.
/// </summary>
[JsonConverter(typeof(SamplerSettingsConverter))]
public abstract record SamplerSettings
{
    /// <summary>What a study gets that does not say.</summary>
    public static SamplerSettings Default { get; } = new TpeSettings();

    /// <summary>Every sampler there is, with default options, the one to recommend first.</summary>
    public static IReadOnlyList<SamplerSettings> All { get; } =
        [.. SamplerSettingsConverter.Types.Values.Select(t => (SamplerSettings)Activator.CreateInstance(t)!)];

    /// <summary>A short name for a person to read.</summary>
    public abstract string DisplayName { get; }

    /// <summary>One line for a person on when to choose it.</summary>
    public abstract string WhenToChoose { get; }

    /// <summary>Creates the sampler.</summary>
    /// <exception cref="SearchException">An option is out of its range.</exception>
    public abstract ISampler Create();

    /// <summary>Chooses what a person has left open of a trial's parameters; the arguments are those of <see cref="ISampler.Suggest" />.</summary>
    /// <param name="given">What the person chose; <see cref="SearchSpace.ValidatePart" /> accepts it.</param>
    /// <param name="space">What may vary.</param>
    /// <param name="direction">Which values are better.</param>
    /// <param name="trials">The study so far.</param>
    /// <param name="number">The trial's number.</param>
    /// <param name="seed">The study's seed.</param>
    public ParameterSet Complete(
        ParameterSet given, SearchSpace space, Direction direction, IReadOnlyList<Trial> trials, int number, long seed)
    {
        if (space.Contains(given))
            return space.Validate(given);
        // A sampler of its own: the study's remembers the trials as places in the whole space.
        var rest = space.Fix(given);
        return Create().Suggest(rest, direction, trials, number, seed)
            // Of a grid all combinations may have been tried.
            ?? new RandomSampler().Suggest(rest, direction, trials, number, seed)!;
    }
}

/// <summary>Tree-structured Parzen estimator: Bergstra et al. 2011; Watanabe 2023, arXiv:2304.11127.</summary>
public sealed record TpeSettings : SamplerSettings
{
    /// <summary>Trials spread quasi-randomly before the model takes over. At least 1.</summary>
    public int StartupTrials { get; init; } = 10;

    /// <summary>Candidates drawn from the good trials' density, of which the best is taken. At least 1.</summary>
    public int Candidates { get; init; } = 24;

    /// <summary>Share of the trials that count as good. Above 0, below 1.</summary>
    public double Gamma { get; init; } = 0.1;

    /// <summary>Whether parameters that exist together are modelled together, which finds their interactions.</summary>
    public bool Multivariate { get; init; } = true;

    /// <inheritdoc />
    public override string DisplayName => "TPE";

    /// <inheritdoc />
    public override string WhenToChoose => "The default: any space, any number of trials, many at a time.";

    /// <inheritdoc />
    public override ISampler Create()
    {
        Option.Require(StartupTrials >= 1, "startupTrials", StartupTrials, "at least 1");
        Option.Require(Candidates >= 1, "candidates", Candidates, "at least 1");
        Option.Require(Gamma is > 0 and < 1, "gamma", Gamma, "above 0 and below 1");
        return new TpeSampler(this);
    }
}

/// <summary>Every trial independent of all others.</summary>
public sealed record RandomSettings : SamplerSettings
{
    /// <inheritdoc />
    public override string DisplayName => "Random";

    /// <inheritdoc />
    public override string WhenToChoose => "As a baseline, or to see the space without prejudice.";

    /// <inheritdoc />
    public override ISampler Create() => new RandomSampler();
}

/// <summary>Scrambled Sobol sequence.</summary>
public sealed record QmcSettings : SamplerSettings
{
    /// <inheritdoc />
    public override string DisplayName => "Quasi-random";

    /// <inheritdoc />
    public override string WhenToChoose => "To cover the space evenly: better than random wherever random would do.";

    /// <inheritdoc />
    public override ISampler Create() => new QmcSampler();
}

/// <summary>Every combination of values, once; what was enqueued of them counts.</summary>
public sealed record GridSettings : SamplerSettings
{
    /// <summary>Values taken of a continuum, ends included, and at most of an integer's or a step's range. At least 2.</summary>
    public int Points { get; init; } = 5;

    /// <inheritdoc />
    public override string DisplayName => "Grid";

    /// <inheritdoc />
    public override string WhenToChoose => "Few parameters with few values, and all of their combinations are wanted.";

    /// <inheritdoc />
    public override ISampler Create()
    {
        Option.Require(Points >= 2, "points", Points, "at least 2");
        return new GridSampler(this);
    }

    /// <summary>The grid, in the order in which it is tried; lazily, since it may be huge.</summary>
    public IEnumerable<ParameterSet> Combinations(SearchSpace space) => space.Combinations([.. space.Select(Values)]);

    private ParameterValue[] Values(Parameter parameter)
    {
        if (parameter is CategoricalParameter categorical)
            return [.. categorical.Choices];
        var count = (int)Math.Min(parameter.Count ?? Points, Points);
        return [.. Enumerable.Range(0, count).Select(i => At(count == 1 ? 0.5 : i / (count - 1.0))).Distinct()];

        // Both ends are in, and the rest between at equal distances: not the middles of equal shares, as FromUnit has them.
        ParameterValue At(double unit) => parameter switch
        {
            IntParameter { Log: true } p => (long)Math.Round(p.Low * Math.Pow((double)p.High / p.Low, unit)),
            { Count: { } all } => parameter.FromUnit((0.5 + Math.Round(unit * (all - 1))) / all),
            _ => parameter.FromUnit(unit),
        };
    }
}

/// <summary>Gaussian process, Matérn 5/2 with a length scale per parameter; log expected improvement, Ament et al. 2023.</summary>
public sealed record GpSettings : SamplerSettings
{
    /// <summary>Trials spread quasi-randomly before the model takes over. At least 2.</summary>
    public int StartupTrials { get; init; } = 8;

    /// <inheritdoc />
    public override string DisplayName => "Gaussian process";

    /// <inheritdoc />
    public override string WhenToChoose =>
        "Up to about 200 trials that each take minutes: the most from every one, a fraction of a second to choose it.";

    /// <inheritdoc />
    public override ISampler Create()
    {
        Option.Require(StartupTrials >= 2, "startupTrials", StartupTrials, "at least 2");
        return new GpSampler(this);
    }
}

internal sealed class SamplerSettingsConverter() : SettingsConverter<SamplerSettings>("sampler", Types)
{
    public static readonly IReadOnlyDictionary<string, Type> Types = new Dictionary<string, Type>
    {
        ["tpe"] = typeof(TpeSettings),
        ["gp"] = typeof(GpSettings),
        ["qmc"] = typeof(QmcSettings),
        ["grid"] = typeof(GridSettings),
        ["random"] = typeof(RandomSettings),
    };
}

internal static class Option
{
    /// <exception cref="SearchException">The option is not right; the message says what would be.</exception>
    public static void Require(bool right, string option, object? value, string range)
    {
        if (!right)
            throw new SearchException(option, FormattableString.Invariant($"{option}: {value} is not possible; it has to be {range}."));
    }
}
