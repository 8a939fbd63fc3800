using System.Globalization;

namespace Workbench.Core.Tracking.Tables;

/// <summary>How two sides are compared.</summary>
internal enum Comparator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
}

/// <summary>A filter as written: names are not looked up yet. Its text form reads back as an equal one.</summary>
internal abstract record FilterNode
{
    public sealed record And(FilterNode Left, FilterNode Right) : FilterNode
    {
        public override string ToString() => $"{Bracket(Left, Left is Or)} and {Bracket(Right, Right is Or or And)}";
    }

    public sealed record Or(FilterNode Left, FilterNode Right) : FilterNode
    {
        public override string ToString() => $"{Left} or {Bracket(Right, Right is Or)}";
    }

    public sealed record Not(FilterNode Inner) : FilterNode
    {
        public override string ToString() => $"not {Bracket(Inner, Inner is And or Or)}";
    }

    public sealed record Comparison(Operand Left, Comparator Comparator, Operand Right, Place Place) : FilterNode
    {
        public override string ToString() => $"{Left} {Symbol(Comparator)} {Right}";
    }

    public static string Symbol(Comparator comparator) => comparator switch
    {
        Comparator.Equal => "=",
        Comparator.NotEqual => "!=",
        Comparator.Less => "<",
        Comparator.LessOrEqual => "<=",
        Comparator.Greater => ">",
        Comparator.GreaterOrEqual => ">=",
        _ => "~",
    };

    private static string Bracket(FilterNode node, bool needed) => needed ? $"({node})" : $"{node}";
}

/// <summary>One side of a comparison.</summary>
/// <param name="Place">Where it stands.</param>
internal abstract record Operand(Place Place)
{
    /// <summary>A field's name, or a text that was not put in quotes.</summary>
    public sealed record Word(string Text, Place Place) : Operand(Place)
    {
        public override string ToString() => FilterLexer.IsPlainWord(Text) ? Text : $"`{Text.Replace("`", "``", StringComparison.Ordinal)}`";
    }

    /// <summary>A number; lengths of time are in seconds, percentages are shares.</summary>
    public sealed record Number(double Value, Place Place) : Operand(Place)
    {
        public override string ToString() => Value.ToString("R", CultureInfo.InvariantCulture);
    }

    public sealed record Quoted(string Text, Place Place) : Operand(Place)
    {
        public override string ToString() => $"\"{Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>The absence of a value.</summary>
    public sealed record None(Place Place) : Operand(Place)
    {
        public override string ToString() => "none";
    }
}
