using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Workbench.Core.Tracking.Tables;

namespace Workbench.Core.Tracking.Filters;

/// <summary>One expression that rows are sorted by. It is never null.</summary>
/// <param name="Sql">The expression.</param>
/// <param name="Type">What its values are.</param>
/// <param name="IsDescending">Whether the largest comes first.</param>
internal sealed record SortKey(string Sql, NpgsqlDbType Type, bool IsDescending = false);

/// <summary>A field that rows are sorted by.</summary>
/// <param name="Field">The field.</param>
/// <param name="Name">What it is called: by the same field only the first clause sorts.</param>
/// <param name="IsDescending">Whether the largest comes first; what lacks the field comes last either way.</param>
internal sealed record SortField(SearchField Field, string Name, bool IsDescending);

/// <summary>
/// The order of a search, and the pages of it: a page's token holds where the page ended, so that the next begins there whatever is written
/// meanwhile, and the last page has none.
/// </summary>
internal sealed class SearchOrder
{
    private readonly List<SortKey> _keys = [];

    /// <summary>Reads clauses such as <c>metrics.loss ASC</c>.</summary>
    /// <param name="table">What is searched.</param>
    /// <param name="clauses">The clauses, the most important first.</param>
    /// <param name="last">What sorts rows that are equal so far; no two are by these.</param>
    /// <param name="parameters">Gets the parameters of the expressions.</param>
    /// <exception cref="FieldException">A clause is wrong.</exception>
    public SearchOrder(SearchTable table, IEnumerable<string> clauses, IEnumerable<SortKey> last, List<NpgsqlParameter> parameters)
        : this(clauses.Select(clause => Read(table, clause, parameters)), last)
    {
    }

    /// <summary>Sorts by fields that are known.</summary>
    /// <param name="fields">The fields, the most important first.</param>
    /// <param name="last">What sorts rows that are equal so far; no two are by these.</param>
    public SearchOrder(IEnumerable<SortField> fields, IEnumerable<SortKey> last)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (field, name, descending) in fields)
        {
            if (!seen.Add(name))
            {
                continue;
            }
            if (field.IsNumber)
            {
                _keys.Add(new($"(CASE WHEN {field.Sql} IS NULL THEN 2 WHEN {field.Sql}::float8 = 'NaN' THEN 1 ELSE 0 END)", NpgsqlDbType.Integer));
                _keys.Add(new($"coalesce(nullif({field.Sql}::float8, 'NaN'), 0)", NpgsqlDbType.Double, descending));
            }
            else
            {
                _keys.Add(new($"(({field.Sql}) IS NULL)::int", NpgsqlDbType.Integer));
                _keys.Add(new($"coalesce({field.Sql}, '') COLLATE \"C\"", NpgsqlDbType.Text, descending));
            }
        }
        _keys.AddRange(last);
    }

    /// <summary>The expressions, to be selected as k0, k1 and so on.</summary>
    public string Columns => string.Join(", ", _keys.Select((key, i) => $"{key.Sql} AS k{i}"));

    /// <summary>What comes after ORDER BY.</summary>
    public string Clause => string.Join(", ", _keys.Select((key, i) => $"k{i}{(key.IsDescending ? " DESC" : "")}"));

    /// <summary>The condition for the rows after a page, on k0, k1 and so on.</summary>
    /// <param name="token">The page's token; blank for the first page.</param>
    /// <param name="parameters">Gets the parameters of the condition.</param>
    /// <exception cref="FieldException">The token is none of this search.</exception>
    public string After(string? token, List<NpgsqlParameter> parameters)
    {
        if (string.IsNullOrEmpty(token))
        {
            return "true";
        }
        var values = Values(token);
        var names = new List<string>();
        for (var i = 0; i < _keys.Count; i++)
        {
            var parameter = new NpgsqlParameter($"a{i}", _keys[i].Type) { Value = values[i] };
            parameters.Add(parameter);
            names.Add($"@{parameter.ParameterName}");
        }
        var ways = _keys.Select((key, i) =>
            string.Join(" AND ", _keys.Take(i).Select((_, j) => $"k{j} = {names[j]}").Append($"k{i} {(key.IsDescending ? '<' : '>')} {names[i]}")));
        return $"({string.Join(" OR ", ways.Select(way => $"({way})"))})";
    }

    /// <summary>The token of a page, from the last row on it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="first">The column of k0; the others follow.</param>
    public string Token(NpgsqlDataReader row, int first)
    {
        var values = new object[_keys.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = _keys[i].Type switch
            {
                NpgsqlDbType.Integer => row.GetInt32(first + i),
                NpgsqlDbType.Bigint => row.GetInt64(first + i),
                NpgsqlDbType.Double => BitConverter.DoubleToInt64Bits(row.GetDouble(first + i)),
                NpgsqlDbType.Uuid => row.GetGuid(first + i).ToString("N"),
                _ => row.GetString(first + i),
            };
        }
        return Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(values));
    }

    private object[] Values(string token)
    {
        try
        {
            var values = JsonSerializer.Deserialize<JsonElement[]>(Convert.FromBase64String(token))!;
            if (values.Length == _keys.Count)
            {
                return [.. values.Select((value, i) => _keys[i].Type switch
                {
                    NpgsqlDbType.Integer => (object)value.GetInt32(),
                    NpgsqlDbType.Bigint => value.GetInt64(),
                    NpgsqlDbType.Double => BitConverter.Int64BitsToDouble(value.GetInt64()),
                    NpgsqlDbType.Uuid => Guid.ParseExact(value.GetString()!, "N"),
                    _ => value.GetString()!,
                })];
            }
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException or ArgumentException or DecoderFallbackException)
        {
        }
        throw new FieldException("page_token", "Invalid page_token: it is not one that a search with these fields and this order has answered.");
    }

    private static SortField Read(SearchTable table, string clause, List<NpgsqlParameter> parameters)
    {
        List<Token> tokens;
        try
        {
            tokens = FilterLexer.Read(clause);
        }
        catch (FilterException exception)
        {
            throw new FieldException("order_by", $"Invalid order_by clause '{clause}': {exception.Message}");
        }
        var at = 1;
        var (kind, key) = tokens[0].Kind switch
        {
            TokenKind.Word when tokens[0].Text.EndsWith('.') && tokens[1].Kind is TokenKind.Name or TokenKind.Quoted => (tokens[0].Text[..^1], tokens[at++].Text),
            TokenKind.Word when tokens[0].Text.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot => (tokens[0].Text[..dot], tokens[0].Text[(dot + 1)..]),
            TokenKind.Word or TokenKind.Name or TokenKind.Quoted => ("", tokens[0].Text),
            _ => throw new FieldException("order_by", $"Invalid order_by clause '{clause}': it names no field."),
        };
        var descending = tokens[at].Is("desc");
        at += tokens[at].Is("asc", "desc") ? 1 : 0;
        if (tokens[at].Kind != TokenKind.End)
        {
            throw new FieldException("order_by", $"Invalid order_by clause '{clause}': after the field only ASC or DESC can stand.");
        }
        var field = table.Find(kind.ToLowerInvariant(), key, Parameter);
        return field is { Any.Before.Length: 0 }
            ? new SortField(field, $"{kind}.{key}", descending)
            : throw new FieldException("order_by", $"Invalid order_by clause '{clause}': {SearchFilter.Unknown(table, kind, key)}");

        string Parameter(object value) => SearchOrder.Parameter(parameters, value);
    }

    /// <summary>Adds a parameter of an expression.</summary>
    /// <param name="parameters">Gets it.</param>
    /// <param name="value">Its value, a text.</param>
    /// <returns>Its name, as SQL has it.</returns>
    public static string Parameter(List<NpgsqlParameter> parameters, object value)
    {
        parameters.Add(new NpgsqlParameter($"o{parameters.Count}", NpgsqlDbType.Text) { Value = value });
        return $"@{parameters[^1].ParameterName}";
    }
}
