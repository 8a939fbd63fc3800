using CsCheck;
using Workbench.Core.Tracking.Tables;

namespace Workbench.Tests.Tracking.Tables;

/// <summary>What holds for any filter.</summary>
public sealed class FilterPropertyTests
{
    private static readonly Gen<Operand> Operands = Gen.OneOf(
        Gen.String[1, 12].Where(name => name.Length > 0).Select(Operand (name) => new Operand.Word(name, default)),
        Any("val_loss", "num_hidden", "state", "and", "none", "x.y-z:1").Select(Operand (name) => new Operand.Word(name, default)),
        Gen.Double.Where(double.IsFinite).Select(Operand (number) => new Operand.Number(number, default)),
        Gen.Int.Select(Operand (number) => new Operand.Number(number, default)),
        Gen.String.Select(Operand (text) => new Operand.Quoted(text, default)),
        Gen.Const<Operand>(new Operand.None(default)));

    private static readonly Gen<FilterNode> Comparisons =
        Gen.Select(Operands, Gen.Enum<Comparator>(), Operands, FilterNode (left, comparator, right) => new FilterNode.Comparison(left, comparator, right, default));

    private static readonly Gen<FilterNode> Nodes = Gen.Recursive<FilterNode>((depth, inner) => depth > 5
        ? Comparisons
        : Gen.OneOf(
            Comparisons,
            inner.Select(FilterNode (node) => new FilterNode.Not(node)),
            Gen.Select(inner, inner, FilterNode (left, right) => new FilterNode.And(left, right)),
            Gen.Select(inner, inner, FilterNode (left, right) => new FilterNode.Or(left, right))));

    // Pieces that filters are made of, put together without sense.
    private static readonly Gen<string> Rubbish = Gen.OneOf(
        Any("val_loss", "state", "failed", "num_hidden", "optimizer", "adam", "and", "or", "not", "in", "contains", "none", "1", "-2.5e3", "1e", "10 s", "5%",
            "<", "<=", "=", "!=", "~", "(", ")", ",", "&", "||", "\"a\"", "'", "`", ".", "-", "👍"),
        Gen.String[0, 3]).List[0, 12].Select(pieces => string.Join(' ', pieces));

    private static Gen<string> Any(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    [Fact]
    public void What_is_printed_reads_back_as_the_same() => Nodes.Where(node => node.ToString().Length <= 4_000)
        .Sample(node => Assert.Equal(node, FilterParser.Parse(node.ToString())));

    [Fact]
    public void Whatever_is_typed_either_filters_or_is_told_what_is_wrong() => Gen.OneOf(Rubbish, Gen.String).Sample(text =>
    {
        try
        {
            TrialFilter.Parse(text, Rows.Fields).Holds(Rows.Row());
        }
        catch (FilterException fault)
        {
            Assert.InRange(fault.Start, 0, text.Length);
            Assert.InRange(fault.Start + fault.Length, 0, text.Length);
            Assert.NotEmpty(fault.Message);
        }
        Assert.NotNull(FilterCompletion.Suggest(text, Rows.Fields));
    });

    [Fact]
    public void The_opposite_of_a_filter_lets_the_other_trials_through() => Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1], Gen.Int[8, 64]).Sample((limit, loss, hidden) =>
    {
        var row = Rows.Row(null, ("val_loss", loss));
        var filter = FormattableString.Invariant($"val_loss < {limit:R} and num_hidden >= {hidden}");

        Assert.NotEqual(Rows.Holds(filter, row), Rows.Holds($"not ({filter})", row));
        Assert.Equal(loss < limit && 32 >= hidden, Rows.Holds(filter, row));
    });

    [Fact]
    public void The_name_it_proposes_is_right() => Gen.Select(Gen.Int[0, Rows.Fields.Count - 1], Gen.Int[0, 4]).Sample((index, at) =>
    {
        var name = Rows.Fields[index].Name;
        var slip = name.Remove(Math.Min(at, name.Length - 1), 1);
        if (Rows.Fields.Find(slip) is null && Spelling.Nearest(slip, Rows.Fields.Select(f => f.Name)) is { } better)
        {
            Assert.NotNull(Rows.Fields.Find(better));
            Assert.InRange(better.Length, slip.Length - 1, slip.Length + better.Length / 3);
        }
    });
}
