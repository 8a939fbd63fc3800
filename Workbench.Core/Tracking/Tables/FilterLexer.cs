using System.Globalization;
using Workbench.Core.Text;

namespace Workbench.Core.Tracking.Tables;

/// <summary>What a piece of a filter is.</summary>
internal enum TokenKind
{
    Word,
    Name,
    Number,
    Quoted,
    Symbol,
    End,
}

/// <summary>One piece of a filter. <c>Text</c> of a name or a quoted text is without its quotes.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, double Number, Place Place)
{
    public bool Is(params ReadOnlySpan<string> spellings)
    {
        foreach (var spelling in spellings)
        {
            if (Kind is TokenKind.Word or TokenKind.Symbol && Text.Equals(spelling, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }
}

/// <summary>Takes a filter's text apart.</summary>
internal static class FilterLexer
{
    // The longer ones first: "<=" is not "<" and "=".
    private static readonly string[] Symbols = ["<=", ">=", "==", "!=", "<>", "&&", "||", "<", ">", "=", "≤", "≥", "≠", "~", "!", "(", ")", ","];

    private static readonly (string Unit, double Factor)[] Units =
        [("ms", 1e-3), ("s", 1), ("sec", 1), ("m", 60), ("min", 60), ("h", 3600), ("d", 86400), ("%", 0.01)];

    private static readonly string[] Keywords = ["and", "or", "not", "in", "contains", "none"];

    /// <exception cref="FilterException">There is something that belongs in no filter.</exception>
    public static List<Token> Read(string text)
    {
        List<Token> tokens = [];
        for (var at = 0; ;)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }
            var token = at == text.Length ? new Token(TokenKind.End, "", 0, new Place(at, 0)) : Next(text, at);
            tokens.Add(token);
            if (token.Kind == TokenKind.End)
            {
                return tokens;
            }
            at += token.Place.Length;
        }
    }

    /// <summary>Whether a name can be written as it is.</summary>
    public static bool IsPlainWord(string name) =>
        name.Length > 0 && StartsWord(name[0]) && name.All(ContinuesWord) && !Keywords.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static Token Next(string text, int at) => text[at] switch
    {
        '`' => Enclosed(text, at, TokenKind.Name),
        '"' or '\'' => Enclosed(text, at, TokenKind.Quoted),
        var c when StartsWord(c) => Word(text, at),
        var c when StartsNumber(text, at, c) => Number(text, at),
        _ => Symbol(text, at),
    };

    private static Token Word(string text, int at)
    {
        var length = 1;
        while (at + length < text.Length && ContinuesWord(text[at + length]))
        {
            length++;
        }
        return new Token(TokenKind.Word, text.Substring(at, length), 0, new Place(at, length));
    }

    private static Token Enclosed(string text, int at, TokenKind kind)
    {
        var quote = text[at];
        for (var end = at + 1; end < text.Length; end++)
        {
            if (text[end] != quote)
            {
                continue;
            }
            if (end + 1 < text.Length && text[end + 1] == quote)
            {
                end++; // Twice: it stands for itself.
                continue;
            }
            var inner = text.Substring(at + 1, end - at - 1).Replace($"{quote}{quote}", $"{quote}", StringComparison.Ordinal);
            return new Token(kind, inner, 0, new Place(at, end + 1 - at));
        }
        throw new FilterException($"The closing {quote} is missing.", new Place(at, text.Length - at), unfinished: true);
    }

    private static Token Number(string text, int at)
    {
        var end = Digits(text, text[at] == '-' ? at + 1 : at);
        if (end < text.Length && text[end] is 'e' or 'E')
        {
            var exponent = end + 1 < text.Length && text[end + 1] is '+' or '-' ? end + 2 : end + 1;
            end = exponent < text.Length && char.IsAsciiDigit(text[exponent]) ? Digits(text, exponent) : end;
        }
        var unit = end;
        while (unit < text.Length && (text[unit] == '%' || ContinuesWord(text[unit])))
        {
            unit++;
        }
        return new Token(TokenKind.Number, text[at..unit], Amount(text[at..end], text[end..unit], at), new Place(at, unit - at));
    }

    private static double Amount(string digits, string unit, int at)
    {
        var place = new Place(at, digits.Length);
        if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            throw new FilterException($"'{digits}' is not a number.", place);
        }
        if (!double.IsFinite(number))
        {
            throw new FilterException($"{digits} is too large a number.", place);
        }
        if (unit.Length == 0)
        {
            return number;
        }
        var factor = Array.Find(Units, known => known.Unit.Equals(unit, StringComparison.OrdinalIgnoreCase)).Factor;
        return factor != 0
            ? number * factor
            : throw new FilterException($"'{unit}' is no unit. Units are ms, s, min, h, d and %.", new Place(at + digits.Length, unit.Length));
    }

    private static Token Symbol(string text, int at)
    {
        var symbol = Array.Find(Symbols, symbol => string.CompareOrdinal(text, at, symbol, 0, symbol.Length) == 0);
        return symbol is not null
            ? new Token(TokenKind.Symbol, symbol, 0, new Place(at, symbol.Length))
            : text[at] is '&' or '|'
                ? throw new FilterException($"'{text[at]}' means nothing here. Write {(text[at] == '&' ? "and" : "or")}.", new Place(at, 1), text[at] == '&' ? "and" : "or", at == text.Length - 1)
                : throw new FilterException($"'{text[at]}' means nothing here.", new Place(at, 1));
    }

    private static int Digits(string text, int at)
    {
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
        {
            at++;
        }
        return at;
    }

    private static bool StartsWord(char c) => char.IsLetter(c) || c == '_';

    private static bool ContinuesWord(char c) => char.IsLetterOrDigit(c) || TextRule.IsMark(c) || c is '_' or '.' or '-' or ':' or '/';

    private static bool StartsNumber(string text, int at, char c) =>
        char.IsAsciiDigit(c) || (c is '.' or '-' && at + 1 < text.Length && (char.IsAsciiDigit(text[at + 1]) || (c == '-' && text[at + 1] == '.')));
}
