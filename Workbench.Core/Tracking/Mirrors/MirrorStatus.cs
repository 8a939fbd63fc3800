namespace Workbench.Core.Tracking.Mirrors;

/// <summary>How the sending to a tracking server stands.</summary>
/// <param name="IsItself">Whether its address leads to this very workbench: then nothing is sent.</param>
/// <param name="Trouble">What hinders it, in a sentence; null for nothing.</param>
/// <param name="TroubleSince">Since when.</param>
/// <param name="Waiting">How many studies, runs, versions and models have something that was not sent.</param>
/// <param name="Refused">What the server refused for good, at most <see cref="MirrorStore.MostRefusals"/>.</param>
public sealed record MirrorStatus(bool IsItself, string? Trouble, DateTimeOffset? TroubleSince, long Waiting, IReadOnlyList<MirrorRefusal> Refused);

/// <summary>Something that a tracking server refused for good.</summary>
/// <param name="What">What it is, such as <c>study first</c>.</param>
/// <param name="Why">What the server said.</param>
public sealed record MirrorRefusal(string What, string Why);
