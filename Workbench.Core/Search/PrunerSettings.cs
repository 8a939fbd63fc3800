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
    [JsonIgnore]
    public abstract string DisplayName { get; }

    /// <summary>One line for a person on when to choose it.</summary>
    [JsonIgnore]
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

internal sealed class PrunerSettingsConverter() : SettingsConverter<PrunerSettings>("pruner", Types)
{
    public static readonly IReadOnlyDictionary<string, Type> Types = new Dictionary<string, Type>
    {
        ["none"] = typeof(NoPrunerSettings),
        ["hyperband"] = typeof(HyperbandSettings),
    };
}
