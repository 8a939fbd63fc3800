using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Workbench.Core.Text;

/// <summary>
/// Which characters text may hold, wherever it enters: names, choices, tags, aliases, notes. PostgreSQL stores neither NUL nor half of a
/// surrogate pair; people can't see control and formatting characters, by which one name could pass for another.
/// </summary>
public static class TextRule
{
    /// <summary>The most characters of a name that has no limit of its own.</summary>
    public const int MostNameCharacters = 250;

    /// <summary>Whether PostgreSQL can store the text; it holds none that this is not true of.</summary>
    public static bool IsStorable(string text) => StorageFault(text) is null;

    /// <summary>A text that no person chose, such as the message of an exception, with a sign in the place of what PostgreSQL cannot store.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Storable(string? text) => text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');

    /// <summary>Says what is wrong with a text of any number of lines; null when nothing is.</summary>
    /// <param name="what">What it is, to begin the sentence with.</param>
    /// <param name="text">The text.</param>
    /// <param name="most">The most characters it may have.</param>
    public static string? Fault(string what, string text, int most) =>
        text.Length > most ? $"{what} has {text.Length} characters; {most} is the most."
        : StorageFault(text) is { } fault ? $"{what} holds {fault}."
        : null;

    /// <summary>As <see cref="Fault"/>, of a text of one line in which every character can be seen.</summary>
    public static string? LineFault(string what, string text, int most) =>
        Fault(what, text, most) ?? (text.EnumerateRunes().Where(IsUnseen).Select(rune => (Rune?)rune).FirstOrDefault() is { } unseen
            ? $"{what} holds the character U+{unseen.Value:X4}, which can't be seen."
            : null);

    /// <summary>
    /// Whether a name consists of letters and digits of any script, and some others. A mark that combines with the letter before it, as
    /// accents and the vowels of Devanagari are written, is part of that letter.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="others">Further characters that may stand in it.</param>
    public static bool ConsistsOf(string name, string others)
    {
        var afterLetter = false;
        foreach (var rune in name.EnumerateRunes())
        {
            afterLetter = Rune.IsLetterOrDigit(rune) || (afterLetter && IsMark(rune));
            if (!afterLetter && !(rune.IsBmp && others.Contains((char)rune.Value, StringComparison.Ordinal)))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Whether a name begins with a letter or a digit.</summary>
    public static bool BeginsWithLetter(string name) =>
        Rune.DecodeFromUtf16(name, out var first, out _) == OperationStatus.Done && Rune.IsLetterOrDigit(first);

    /// <summary>Whether a character is a mark that combines with the one before it.</summary>
    public static bool IsMark(char character) => IsMark(CharUnicodeInfo.GetUnicodeCategory(character));

    private static bool IsMark(Rune rune) => IsMark(Rune.GetUnicodeCategory(rune));

    private static bool IsMark(UnicodeCategory category) =>
        category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private static bool IsUnseen(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned;

    private static string? StorageFault(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return "the character NUL, which is no text";
        }
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) != OperationStatus.Done)
            {
                return "half a character (an unpaired surrogate)";
            }
            rest = rest[length..];
        }
        return null;
    }
}
