using System.Text.Json.Serialization;

namespace Workbench.Core.Search;

/// <summary>Whether a smaller or a larger objective value is better.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Direction>))]
public enum Direction
{
    /// <summary>Smaller is better.</summary>
    [JsonStringEnumMemberName("minimize")] Minimize,

    /// <summary>Larger is better.</summary>
    [JsonStringEnumMemberName("maximize")] Maximize,
}

/// <summary>Where a trial stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrialState>))]
public enum TrialState
{
    /// <summary>Its parameters are chosen, its value is not known yet.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>Ran to its end; has a value.</summary>
    [JsonStringEnumMemberName("complete")] Complete,

    /// <summary>Ended early by the pruner; samplers use its last intermediate value.</summary>
    [JsonStringEnumMemberName("pruned")] Pruned,

    /// <summary>Threw; samplers take its parameters for bad ones.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>Ended early by a person; says nothing about its parameters, so samplers ignore it.</summary>
    [JsonStringEnumMemberName("stopped")] Stopped,

    /// <summary>Announced, and not begun: of tracked runs alone, never of a trial.</summary>
    [JsonStringEnumMemberName("scheduled")] Scheduled,
}

/// <summary>The objective as reported after one step of a trial.</summary>
/// <param name="Step">The step, counted from 1: an epoch.</param>
/// <param name="Value">The objective; NaN when training diverged.</param>
public readonly record struct StepValue(
    [property: JsonPropertyName("step")] int Step,
    [property: JsonPropertyName("value"), JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double Value);

/// <summary>One evaluation of the objective, as samplers and pruners see it. Never changes once finished.</summary>
/// <param name="Number">Counted from 0 within its study.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Params">The parameters it runs with.</param>
/// <param name="Value">The objective; null unless complete. NaN is treated as worse than any number.</param>
/// <param name="Intermediate">What was reported so far, by ascending step.</param>
public sealed record Trial(
    [property: JsonPropertyName("number")] int Number,
    [property: JsonPropertyName("state")] TrialState State,
    [property: JsonPropertyName("params")] ParameterSet Params,
    [property: JsonPropertyName("value"), JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double? Value,
    [property: JsonPropertyName("intermediate")] IReadOnlyList<StepValue> Intermediate);
