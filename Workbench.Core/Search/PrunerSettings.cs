using System.Text.Json.Serialization;
using Workbench.Core.Search.Pruners;

namespace Workbench.Core.Search;

/// <summary>
/// Which pruner a study uses, and its options. As JSON <c>{"type": "hyperband", "eta": 3}</c>, or just <c>"hyperband"</c>; declare
/// properties as <see cref="PrunerSettings" />, not as a derived type, for the type to be written.
/// </summary>
[JsonConverter(typeof(PrunerSettingsConverter))]
public abstract record PrunerSettings
{
    /// <summary>What a study gets that does not say.</summary>
    public static PrunerSettings Default { get; } = new NoPrunerSettings();

    /// <summary>Every pruner there is, with default options.</summary>
    public static IReadOnlyList<PrunerSettings> All { get; } =
        [.. PrunerSettingsConverter.Types.Values.Select(t => (PrunerSettings)Activator.CreateInstance(t)!)];

    /// <summary>A short name for a person to read.</summary>
    public abstract string DisplayName { get; }

    /// <summary>One line for a person on when to choose it.</summary>
    public abstract string WhenToChoose { get; }

    /// <summary>Creates the pruner.</summary>
    /// <param name="seed">The study's seed: with a trial's number it decides on the trial's Hyperband bracket.</param>
    /// <exception cref="SearchException">An option is out of its range.</exception>
    public abstract IPruner Create(long seed = 0);
}

/// <summary>Every trial runs to its end.</summary>
public sealed record NoPrunerSettings : PrunerSettings
{
    /// <inheritdoc />
    public override string DisplayName => "None";

    /// <inheritdoc />
    public override string WhenToChoose => "Trials are short, or every curve is wanted to its end.";

    /// <inheritdoc />
    public override IPruner Create(long seed = 0) => new NoPruner();
}

/// <summary>Ends a trial whose best value so far is worse than the median of the other trials' values at the same step.</summary>
public sealed record MedianSettings : PrunerSettings
{
    /// <summary>Trials that have to be complete before any is pruned. At least 0.</summary>
    public int StartupTrials { get; init; } = 5;

    /// <summary>Steps that every trial gets. At least 0.</summary>
    public int WarmupSteps { get; init; }

    /// <inheritdoc />
    public override string DisplayName => "Median";

    /// <inheritdoc />
    public override string WhenToChoose => "A good first choice: ends what is in the worse half.";

    /// <inheritdoc />
    public override IPruner Create(long seed = 0) =>
        new PercentileSettings { Percentile = 50, StartupTrials = StartupTrials, WarmupSteps = WarmupSteps }.Create(seed);
}

/// <summary>Ends a trial whose best value so far is not in a percentile of the other trials' values at the same step.</summary>
public sealed record PercentileSettings : PrunerSettings
{
    /// <summary>The best part that goes on, in percent. Above 0, at most 100.</summary>
    public double Percentile { get; init; } = 25;

    /// <summary>Trials that have to be complete before any is pruned. At least 0.</summary>
    public int StartupTrials { get; init; } = 5;

    /// <summary>Steps that every trial gets. At least 0.</summary>
    public int WarmupSteps { get; init; }

    /// <inheritdoc />
    public override string DisplayName => "Percentile";

    /// <inheritdoc />
    public override string WhenToChoose => "As median, with another part than the better half going on.";

    /// <inheritdoc />
    public override IPruner Create(long seed = 0)
    {
        Option.Require(Percentile is > 0 and <= 100, "percentile", Percentile, "above 0 and at most 100");
        Option.Require(StartupTrials >= 0, "startupTrials", StartupTrials, "at least 0");
        Option.Require(WarmupSteps >= 0, "warmupSteps", WarmupSteps, "at least 0");
        return new PercentilePruner(this);
    }
}

/// <summary>Asynchronous successive halving (Li et al. 2020): at each rung, only the best one in η goes on.</summary>
public sealed record AshaSettings : PrunerSettings
{
    /// <summary>Steps of the first rung; the others are η, η², … times as far. At least 1.</summary>
    public int MinSteps { get; init; } = 1;

    /// <summary>One in this many goes on at each rung. At least 2.</summary>
    public int Eta { get; init; } = 3;

    /// <inheritdoc />
    public override string DisplayName => "Successive halving";

    /// <inheritdoc />
    public override string WhenToChoose => "Long trials whose first steps already tell: the most aggressive.";

    /// <inheritdoc />
    public override IPruner Create(long seed = 0)
    {
        Option.Require(MinSteps >= 1, "minSteps", MinSteps, "at least 1");
        Option.Require(Eta >= 2, "eta", Eta, "at least 2");
        return new AshaPruner(this);
    }
}

/// <summary>Hyperband (Li et al. 2018): successive halving at several degrees of aggression, one per bracket of trials.</summary>
public sealed record HyperbandSettings : PrunerSettings
{
    /// <summary>Steps every trial gets. At least 1.</summary>
    public int MinSteps { get; init; } = 1;

    /// <summary>Steps of a full trial; null: the longest trial finished so far, and no pruning before the first has.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>One in this many goes on at each rung. At least 2.</summary>
    public int Eta { get; init; } = 3;

    /// <inheritdoc />
    public override string DisplayName => "Hyperband";

    /// <inheritdoc />
    public override string WhenToChoose => "Long trials whose first steps may mislead: it hedges between pruning early and late.";

    /// <inheritdoc />
    public override IPruner Create(long seed = 0)
    {
        Option.Require(MinSteps >= 1, "minSteps", MinSteps, "at least 1");
        Option.Require(MaxSteps is null || MaxSteps >= MinSteps, "maxSteps", MaxSteps, "at least minSteps");
        Option.Require(Eta >= 2, "eta", Eta, "at least 2");
        return new HyperbandPruner(this, seed);
    }
}

/// <summary>Ends a trial that has stopped improving, or asks another pruner only about those that have.</summary>
public sealed record PatientSettings : PrunerSettings
{
    /// <summary>Steps without improvement that are borne. At least 1.</summary>
    public int Patience { get; init; } = 3;

    /// <summary>What counts as an improvement: more than this, in the objective's unit. At least 0.</summary>
    public double MinDelta { get; init; }

    /// <summary>Asked about a trial that has stopped improving; null: that is reason enough.</summary>
    public PrunerSettings? Inner { get; init; }

    /// <inheritdoc />
    public override string DisplayName => "Patient";

    /// <inheritdoc />
    public override string WhenToChoose => "Noisy curves, or trials with more epochs than they need.";

    /// <inheritdoc />
    public override IPruner Create(long seed = 0)
    {
        Option.Require(Patience >= 1, "patience", Patience, "at least 1");
        Option.Require(MinDelta >= 0, "minDelta", MinDelta, "at least 0");
        return new PatientPruner(this, Inner?.Create(seed));
    }
}

/// <summary>Ends a trial whose value leaves given bounds, or is not a number.</summary>
public sealed record ThresholdSettings : PrunerSettings
{
    /// <summary>A value below ends the trial; null: none does.</summary>
    public double? Lower { get; init; }

    /// <summary>A value above ends the trial; null: none does.</summary>
    public double? Upper { get; init; }

    /// <summary>Steps that every trial gets, except for a value that is not a number. At least 0.</summary>
    public int WarmupSteps { get; init; }

    /// <inheritdoc />
    public override string DisplayName => "Threshold";

    /// <inheritdoc />
    public override string WhenToChoose => "What a hopeless value is, is known.";

    /// <inheritdoc />
    public override IPruner Create(long seed = 0)
    {
        Option.Require(!(Lower > Upper) && Lower is not double.NaN && Upper is not double.NaN, "lower", Lower, "at most upper");
        Option.Require(WarmupSteps >= 0, "warmupSteps", WarmupSteps, "at least 0");
        return new ThresholdPruner(this);
    }
}

internal sealed class PrunerSettingsConverter() : SettingsConverter<PrunerSettings>("pruner", Types)
{
    public static readonly IReadOnlyDictionary<string, Type> Types = new Dictionary<string, Type>
    {
        ["none"] = typeof(NoPrunerSettings),
        ["median"] = typeof(MedianSettings),
        ["percentile"] = typeof(PercentileSettings),
        ["asha"] = typeof(AshaSettings),
        ["hyperband"] = typeof(HyperbandSettings),
        ["patient"] = typeof(PatientSettings),
        ["threshold"] = typeof(ThresholdSettings),
    };
}
