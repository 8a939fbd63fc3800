namespace Workbench.Components.Palette;

/// <summary>How well a text fits to what a person has typed of it.</summary>
/// <param name="Score">Higher is better; comparable between texts for the same query.</param>
/// <param name="Marks">Which characters of the text were typed, by index.</param>
public sealed record FuzzyMatch(int Score, IReadOnlySet<int> Marks);

/// <summary>Finds what is typed in parts: each word's letters in order, best at the beginnings of words.</summary>
internal static class Fuzzy
{
    private const int Letter = 1;
    private const int StartsWord = 8;
    // More than the beginning of a word: what was typed in one piece is read in one piece.
    private const int Follows = 10;

    /// <summary>The match of a query and a text; null when a word of the query is not in it.</summary>
    public static FuzzyMatch? Match(string query, string text)
    {
        var (score, marks) = (0, new HashSet<int>());
        foreach (var word in query.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (MatchWord(word, text) is not { } match)
            {
                return null;
            }
            score += match.Score;
            marks.UnionWith(match.Marks);
        }
        // Of two that fit alike, the shorter one was rather meant.
        return new FuzzyMatch((score * 100) - text.Length, marks);
    }

    // best[i, j]: the best score with letter i of the word put on character j of the text.
    private static FuzzyMatch? MatchWord(string word, string text)
    {
        if (word.Length > text.Length)
        {
            return null;
        }
        var best = new int[word.Length, text.Length];
        var before = new int[word.Length, text.Length];
        for (var i = 0; i < word.Length; i++)
        {
            // Where the letter before lies best, so far, and how good that is.
            var (reachable, at) = (i == 0 ? 0 : -1, -1);
            for (var j = 0; j < text.Length; j++)
            {
                if (i > 0 && j > 0 && best[i - 1, j - 1] > reachable)
                {
                    (reachable, at) = (best[i - 1, j - 1], j - 1);
                }
                best[i, j] = -1;
                if (char.ToUpperInvariant(word[i]) != char.ToUpperInvariant(text[j]) || reachable < 0)
                {
                    continue;
                }
                var follows = i > 0 && j > 0 && best[i - 1, j - 1] >= 0 ? best[i - 1, j - 1] + Follows : -1;
                (best[i, j], before[i, j]) = follows >= reachable ? (follows, j - 1) : (reachable, at);
                best[i, j] += Letter + (IsStart(text, j) ? StartsWord : 0);
            }
        }
        var last = word.Length - 1;
        var end = Enumerable.Range(0, text.Length).MaxBy(j => best[last, j]);
        if (best[last, end] < 0)
        {
            return null;
        }
        var score = best[last, end];
        var marks = new HashSet<int>();
        for (var i = last; i >= 0; i--)
        {
            marks.Add(end);
            end = before[i, end];
        }
        return new FuzzyMatch(score, marks);
    }

    private static bool IsStart(string text, int j) =>
        j == 0 || !char.IsLetterOrDigit(text[j - 1]) || (char.IsDigit(text[j]) && !char.IsDigit(text[j - 1]));
}
