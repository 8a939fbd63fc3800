namespace Workbench.Core.Tracking.Tables;

/// <summary>A filter is not right. The message says what is wrong and what would be right; it is read beside the filter, where
/// <see cref="Start"/> and <see cref="Length"/> point.</summary>
public sealed class FilterException(string message, Place place, string? better = null, bool unfinished = false) : Exception(message)
{
    /// <summary>The first character at fault, counted from 0.</summary>
    public int Start => place.Start;

    /// <summary>How many characters are at fault; 0 where something is missing.</summary>
    public int Length => place.Length;

    /// <summary>What to write there instead; null when nothing comes near.</summary>
    public string? Better => better;

    /// <summary>Whether it may become right by typing on.</summary>
    public bool IsUnfinished => unfinished;
}

/// <summary>Where something stands in a filter's text. Any two are equal: where it stands is no part of what it says.</summary>
/// <param name="Start">Its first character, counted from 0.</param>
/// <param name="Length">How many characters it has.</param>
public readonly record struct Place(int Start, int Length)
{
    /// <summary>Always true.</summary>
    public bool Equals(Place other) => true;

    /// <inheritdoc/>
    public override int GetHashCode() => 0;

    /// <summary>From the start of this to the end of another.</summary>
    internal Place To(Place end) => new(Start, end.Start + end.Length - Start);
}
