using Workbench.Core.Evaluation;

namespace Workbench.Core.Tracking;

/// <summary>What a trial that was the best of its study when it ended answered of what it had not seen.</summary>
public sealed class HeldOutRecord
{
    /// <summary>The trial's run.</summary>
    public long RunId { get; init; }

    /// <summary>The answers.</summary>
    public required HeldOut Answers { get; init; }
}
