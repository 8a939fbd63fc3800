namespace Workbench.Core.Tracking.Tables;

/// <summary>How a filter that is being typed can go on.</summary>
public static class FilterCompletion
{
    private const int Most = 8;

    private static readonly string[] Before = ["and", "or", "not", "(", "&&", "||", "!", ","];
    private static readonly string[] Comparators = ["=", "==", "!=", "<>", "~", "≠"];

    /// <summary>The text with its last word completed, for each name or value that fits there.</summary>
    public static IReadOnlyList<string> Suggest(string text, TrialFields fields)
    {
        List<Token> tokens;
        try
        {
            tokens = FilterLexer.Read(text);
        }
        catch (FilterException)
        {
            return [];
        }
        // Behind a space a new word begins; else the last one is still being written.
        var last = tokens.Count - 2;
        var typed = last >= 0 && tokens[last] is { Kind: TokenKind.Word } word && word.Place.Start + word.Place.Length == text.Length ? word.Text : "";
        var before = typed.Length > 0 ? last - 1 : last;
        var start = text[..^typed.Length];
        return [.. Candidates(tokens, before, fields)
            .Where(candidate => candidate.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase) && candidate.Text.Length > typed.Length)
            .Take(Most).Select(candidate => start + candidate)];
    }

    private static IEnumerable<Operand.Word> Candidates(List<Token> tokens, int before, TrialFields fields)
    {
        if (before < 0 || tokens[before].Is(Before))
        {
            return fields.Select(field => new Operand.Word(field.Name, default));
        }
        return before > 0 && tokens[before].Is(Comparators) && fields.Find(tokens[before - 1].Text) is { } compared
            ? compared.Choices.Select(choice => new Operand.Word(choice, default))
            : [];
    }
}
