using Npgsql;
using NpgsqlTypes;
using Workbench.Core.Text;
using Workbench.Core.Tracking.Tables;

namespace Workbench.Core.Tracking.Filters;

/// <summary>
/// MLflow's filter language as SQL, and beyond it: <c>metrics.loss &lt; 0.1 AND (params.model = 'cnn' OR NOT tags.owner LIKE 'a%')</c>.
/// Besides AND it has OR, NOT, brackets, IN for every field, IS NULL, and texts compared with numbers as numbers. A field that a thing lacks
/// makes no comparison true, also not one by <c>!=</c>.
/// </summary>
internal sealed class SearchFilter
{
    private const int MostCharacters = 20_000;
    private const int MostDepth = 100;

    private readonly SearchTable _table;
    private readonly List<Token> _tokens;
    private readonly List<NpgsqlParameter> _parameters;
    private int _at;
    private int _depth;

    private SearchFilter(SearchTable table, List<Token> tokens, List<NpgsqlParameter> parameters) =>
        (_table, _tokens, _parameters) = (table, tokens, parameters);

    /// <summary>Compiles a filter to a condition.</summary>
    /// <param name="table">What is searched.</param>
    /// <param name="filter">The filter; blank for none.</param>
    /// <param name="parameters">Gets the parameters of the condition.</param>
    /// <exception cref="FieldException">The filter is wrong.</exception>
    public static string Compile(SearchTable table, string? filter, List<NpgsqlParameter> parameters)
    {
        if (string.IsNullOrWhiteSpace(filter))
        {
            return "true";
        }
        if (TextRule.Fault("The filter", filter, MostCharacters) is { } fault)
        {
            throw new FieldException("filter", fault);
        }
        try
        {
            var compiler = new SearchFilter(table, FilterLexer.Read(filter), parameters);
            var sql = compiler.Or();
            return compiler.Next.Kind == TokenKind.End
                ? sql
                : throw compiler.Wrong($"'{compiler.Next.Text}' cannot stand there; AND, OR or the end was expected");
        }
        catch (FilterException exception)
        {
            throw new FieldException("filter", $"Invalid filter: {exception.Message} (at character {exception.Start + 1})", exception);
        }
    }

    private Token Next => _tokens[_at];

    private string Or() => Joined("or", "OR", () => Joined("and", "AND", Not));

    private string Joined(string word, string sql, Func<string> part)
    {
        var parts = new List<string> { part() };
        while (Accept(word))
        {
            parts.Add(part());
        }
        return parts.Count == 1 ? parts[0] : $"({string.Join($" {sql} ", parts)})";
    }

    private string Not()
    {
        if (++_depth > MostDepth)
        {
            throw Wrong($"it is nested deeper than {MostDepth}");
        }
        try
        {
            if (Accept("not"))
            {
                // Of what has no such field it is not true either.
                return $"({Not()} IS NOT TRUE)";
            }
            if (Accept("("))
            {
                var inner = Or();
                Require(")");
                return $"({inner})";
            }
            return Comparison();
        }
        finally
        {
            _depth--;
        }
    }

    private string Comparison()
    {
        var (field, name) = Field();
        if (Accept("is"))
        {
            var negated = Accept("not");
            Require("null");
            return field.Any.Before.Length == 0
                ? $"({field.Sql} IS {(negated ? "NOT " : "")}NULL)"
                : $"({(negated ? "" : "NOT ")}{field.Any.Before} {field.Sql} IS NOT NULL{field.Any.After})";
        }
        var not = Accept("not");
        if (Accept("in"))
        {
            return field.Any.Before + List(field, name, not) + field.Any.After;
        }
        var symbol = _tokens[_at++];
        var operation = symbol.Text.ToUpperInvariant() switch
        {
            "LIKE" or "ILIKE" => (not ? "NOT " : "") + symbol.Text.ToUpperInvariant(),
            "=" or "==" when !not => "=",
            "!=" or "<>" or "≠" when !not => "<>",
            "<" or ">" when !not => symbol.Text,
            "<=" or "≤" when !not => "<=",
            ">=" or "≥" when !not => ">=",
            _ => throw Wrong($"after '{name}' one of =, !=, <, <=, >, >=, LIKE, ILIKE, IN, IS NULL is expected, not '{symbol.Text}'", symbol),
        };
        return field.Any.Before + Compare(field, name, operation) + field.Any.After;
    }

    private string Compare(SearchField field, string name, string operation)
    {
        var value = _tokens[_at++];
        if (operation.EndsWith("LIKE", StringComparison.Ordinal))
        {
            return field.IsNumber ? throw Wrong($"{name} is a number; LIKE compares texts", value)
                // No character of a pattern escapes another: a backslash is one.
                : $"({field.Sql} {operation} {Parameter(Quoted(value, name))} ESCAPE '')";
        }
        if (value.Kind == TokenKind.Number && !field.TakesNumbers)
        {
            // NaN is neither larger nor smaller than a number.
            return field.IsNumber
                ? $"(nullif({field.Sql}::float8, 'NaN') {operation} {Parameter(value.Number)})"
                : $"({field.AsNumber} {operation} {Parameter(value.Number)}::numeric)";
        }
        if (field.IsNumber)
        {
            throw Wrong($"{name} is a number; it is compared with one, not with {Shown(value)}", value);
        }
        var text = field.TakesNumbers && value.Kind == TokenKind.Number ? value.Text : Quoted(value, name);
        return operation is "=" or "<>"
            ? $"({field.Sql} {operation} {Parameter(text)})"
            : throw Wrong($"{name} is a text; {operation} compares numbers", value);
    }

    private string List(SearchField field, string name, bool not)
    {
        Require("(");
        var (texts, numbers) = (new List<string>(), new List<double>());
        do
        {
            var value = _tokens[_at++];
            if (value.Kind == TokenKind.Number && !field.TakesNumbers)
            {
                numbers.Add(value.Number);
            }
            else
            {
                texts.Add(value.Kind == TokenKind.Number ? value.Text : Quoted(value, name));
            }
        }
        // A list of one may be written as in Python, with a comma behind it.
        while (Accept(",") && !Next.Is(")"));
        Require(")");
        if ((field.IsNumber && texts.Count > 0) || (texts.Count > 0 && numbers.Count > 0))
        {
            throw Wrong($"the list of {name} holds {(field.IsNumber ? "a text" : "texts and numbers")}");
        }
        var sql = numbers.Count > 0 ? $"({field.AsNumber} = ANY({Parameter(numbers.ToArray())}{(field.IsNumber ? "" : "::numeric[]")}))" : $"({field.Sql} = ANY({Parameter(texts.ToArray())}))";
        return not ? $"(NOT {sql})" : sql;
    }

    private (SearchField Field, string Name) Field()
    {
        var first = _tokens[_at++];
        var (kind, key) = first.Kind switch
        {
            TokenKind.Word when first.Text.EndsWith('.') && Next.Kind is TokenKind.Name or TokenKind.Quoted => (first.Text[..^1], _tokens[_at++].Text),
            TokenKind.Word when first.Text.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot => (first.Text[..dot], first.Text[(dot + 1)..]),
            TokenKind.Word or TokenKind.Name or TokenKind.Quoted => ("", first.Text),
            TokenKind.End => throw Wrong("a comparison is missing at the end", first),
            _ => throw Wrong($"'{first.Text}' is no field", first),
        };
        return (_table.Find(kind.ToLowerInvariant(), key, Parameter) ?? throw Wrong(Unknown(_table, kind, key), first), kind.Length > 0 ? $"{kind}.{key}" : key);
    }

    internal static string Unknown(SearchTable table, string kind, string key) =>
        $"{table.Thing} have no field '{(kind.Length > 0 ? $"{kind}.{key}" : key)}'. {table.Kinds}";

    private static string Shown(Token value) => value.Kind == TokenKind.End ? "nothing" : $"'{value.Text}'";

    private string Quoted(Token value, string name) => value.Kind == TokenKind.Quoted
        ? value.Text
        : throw Wrong($"{name} is compared with a text in quotes, not with {Shown(value)}", value);

    private string Parameter(object value)
    {
        var parameter = value is string text
            ? new NpgsqlParameter($"f{_parameters.Count}", NpgsqlDbType.Text) { Value = text }
            : new NpgsqlParameter($"f{_parameters.Count}", value);
        _parameters.Add(parameter);
        return $"@{parameter.ParameterName}";
    }

    private bool Accept(string spelling)
    {
        if (!Next.Is(spelling))
        {
            return false;
        }
        _at++;
        return true;
    }

    private void Require(string spelling)
    {
        if (!Accept(spelling))
        {
            throw Wrong($"{spelling.ToUpperInvariant()} is missing before {(Next.Kind == TokenKind.End ? "the end" : $"'{Next.Text}'")}");
        }
    }

    private FilterException Wrong(string message, Token? at = null) => new(message, (at ?? Next).Place);
}
