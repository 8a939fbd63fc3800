namespace Workbench.Core.Tracking;

/// <summary>What the command of a run has printed last. All of it is an artifact of the run once that has ended.</summary>
public sealed class RunOutput
{
    /// <summary>The run.</summary>
    public long RunId { get; init; }

    /// <summary>The last lines.</summary>
    public required string Tail { get; init; }

    /// <summary>How many bytes it has printed in all.</summary>
    public long Bytes { get; init; }
}
