namespace Workbench.Core.Tracking.Tables;

/// <summary>
/// Reads a filter:
/// <code>
/// filter     = all { "or" all }
/// all        = one { "and" one }
/// one        = "not" one | "(" filter ")" | comparison
/// comparison = operand ( comparator operand { comparator operand } | [ "not" ] "in" "(" operand { "," operand } ")" )
/// operand    = name | number [ unit ] | text | "none"
/// </code>
/// A name that is no single word stands in backticks, a text in quotes, single or double ones; a quote in it is written twice. A text in
/// quotes is taken for a name where a comparison has no other.
/// <c>0.9 &lt; x &lt; 1</c> means <c>0.9 &lt; x and x &lt; 1</c>; <c>x in (a, b)</c> means <c>x = a or x = b</c>.
/// </summary>
internal sealed class FilterParser
{
    private const int MostCharacters = 4_000;
    // Each level takes some of the stack.
    private const int MostLevels = 100;
    private const string Comparators = "=, !=, <, <=, >, >=, ~ or in";

    private readonly List<Token> _tokens;
    private int _at;
    private int _levels;

    private FilterParser(string text) => _tokens = FilterLexer.Read(text);

    private Token Current => _tokens[_at];

    /// <summary>Reads a filter; null when it is empty.</summary>
    /// <exception cref="FilterException">It is not right.</exception>
    public static FilterNode? Parse(string text)
    {
        if (text.Length > MostCharacters)
        {
            throw new FilterException($"The filter is {text.Length} characters long; {MostCharacters} is the most.", new Place(MostCharacters, text.Length - MostCharacters));
        }
        var parser = new FilterParser(text);
        if (parser.Current.Kind == TokenKind.End)
        {
            return null;
        }
        var filter = parser.Any();
        return parser.Current switch
        {
            { Kind: TokenKind.End } => filter,
            { Text: ")" } token => throw new FilterException("This ) closes nothing.", token.Place),
            var token => throw new FilterException($"Before {Said(token)}, 'and' or 'or' is missing.", token.Place, unfinished: parser.IsLast),
        };
    }

    private bool IsLast => _tokens[_at + 1].Kind == TokenKind.End;

    private FilterNode Any()
    {
        var left = All();
        while (Take("or", "||"))
        {
            left = new FilterNode.Or(left, All());
        }
        return left;
    }

    private FilterNode All()
    {
        var left = One();
        while (Take("and", "&&"))
        {
            left = new FilterNode.And(left, One());
        }
        return left;
    }

    private FilterNode One()
    {
        var start = Current.Place;
        if (++_levels > MostLevels)
        {
            throw new FilterException($"More than {MostLevels} levels of ( and not are too many.", start);
        }
        FilterNode one;
        if (Take("not", "!"))
        {
            one = new FilterNode.Not(One());
        }
        else if (Take("("))
        {
            one = Any();
            Close(start);
        }
        else
        {
            one = Comparison();
        }
        _levels--;
        return one;
    }

    private FilterNode Comparison()
    {
        var left = Operand();
        if (Current.Is("in"))
        {
            return OneOf(left);
        }
        if (Current.Is("not") && _tokens[_at + 1].Is("in"))
        {
            _at++;
            return new FilterNode.Not(OneOf(left));
        }
        if (TakeComparator() is not { } comparator)
        {
            var quote = left is Operand.Word && Current.Kind is TokenKind.Word ? " A name with spaces stands in backticks, as in `my name`." : "";
            throw new FilterException($"After {left} comes {Comparators}.{quote}", Current.Kind == TokenKind.End ? Current.Place : left.Place, unfinished: Current.Kind == TokenKind.End || IsLast);
        }
        var right = Operand();
        FilterNode node = new FilterNode.Comparison(left, comparator, right, left.Place.To(right.Place));
        while (TakeComparator() is { } next)
        {
            var middle = right;
            right = Operand();
            node = new FilterNode.And(node, new FilterNode.Comparison(middle, next, right, middle.Place.To(right.Place)));
        }
        return node;
    }

    private FilterNode OneOf(Operand left)
    {
        _at++;
        var open = Current.Place;
        if (!Take("("))
        {
            throw new FilterException("After in comes a list in brackets, as in (failed, pruned).", open, unfinished: Current.Kind == TokenKind.End);
        }
        FilterNode? node = null;
        do
        {
            var right = Operand();
            FilterNode equal = new FilterNode.Comparison(left, Comparator.Equal, right, left.Place.To(right.Place));
            node = node is null ? equal : new FilterNode.Or(node, equal);
        }
        while (Take(","));
        Close(open);
        return node;
    }

    private Operand Operand()
    {
        var token = Current;
        if (token.Kind == TokenKind.End || token.Kind == TokenKind.Symbol || token.Is("and", "or", "not", "in", "contains"))
        {
            throw new FilterException(
                token.Kind == TokenKind.End ? "A name or a value is missing at the end." : $"Before {Said(token)}, a name or a value is missing.",
                token.Place,
                unfinished: token.Kind == TokenKind.End);
        }
        _at++;
        return token switch
        {
            { Kind: TokenKind.Number } => new Operand.Number(token.Number, token.Place),
            { Kind: TokenKind.Quoted } => new Operand.Quoted(token.Text, token.Place),
            _ when token.Is("none") => new Operand.None(token.Place),
            _ => new Operand.Word(token.Text, token.Place),
        };
    }

    private Comparator? TakeComparator()
    {
        Comparator? comparator = Current switch
        {
            var token when token.Is("=", "==") => Comparator.Equal,
            var token when token.Is("!=", "<>", "≠") => Comparator.NotEqual,
            var token when token.Is("<") => Comparator.Less,
            var token when token.Is("<=", "≤") => Comparator.LessOrEqual,
            var token when token.Is(">") => Comparator.Greater,
            var token when token.Is(">=", "≥") => Comparator.GreaterOrEqual,
            var token when token.Is("~", "contains") => Comparator.Contains,
            _ => null,
        };
        _at += comparator is null ? 0 : 1;
        return comparator;
    }

    private void Close(Place open)
    {
        if (!Take(")"))
        {
            throw new FilterException("The ) for this ( is missing.", new Place(open.Start, 1), unfinished: Current.Kind == TokenKind.End);
        }
    }

    private bool Take(params ReadOnlySpan<string> spellings)
    {
        if (!Current.Is(spellings))
        {
            return false;
        }
        _at++;
        return true;
    }

    private static string Said(Token token) => $"'{token.Text}'";
}
