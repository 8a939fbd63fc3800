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
    [JsonIgnore]
    public abstract string DisplayName { get; }

    /// <summary>One line for a person on when to choose it.</summary>
    [JsonIgnore]
    public abstract string WhenToChoose { get; }

    /// <summary>Creates the sampler.</summary>
    /// <exception cref="SearchException">An option is out of its range.</exception>
    public abstract ISampler Create();
}

/// <summary>Tree-structured Parzen estimator: Bergstra et al. 2011; Watanabe 2023, arXiv:2304.11127.</summary>
public sealed record TpeSettings : SamplerSettings
{
    /// <summary>Trials chosen at random before the model takes over. At least 1.</summary>
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

internal sealed class SamplerSettingsConverter() : SettingsConverter<SamplerSettings>("sampler", Types)
{
    public static readonly IReadOnlyDictionary<string, Type> Types = new Dictionary<string, Type>
    {
        ["tpe"] = typeof(TpeSettings),
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
