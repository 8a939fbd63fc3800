using System.Globalization;
using Workbench.Core.Search;

namespace Workbench.Core.Tracking.Tables;

/// <summary>
/// A condition on trials, as in <c>val_accuracy > 0.99 and (num_hidden &lt; 40 or state = failed)</c>. A comparison with a value that a
/// trial lacks does not hold, whichever it is, except <c>= none</c>. Texts are compared without regard to capital and small letters.
/// </summary>
public sealed class TrialFilter
{
    private readonly Func<TrialRow, bool> _holds;

    private TrialFilter(Func<TrialRow, bool> holds) => _holds = holds;

    /// <summary>Lets every trial through.</summary>
    public static TrialFilter All { get; } = new(_ => true);

    /// <summary>Reads a filter; an empty one lets every trial through.</summary>
    /// <exception cref="FilterException">It is not right.</exception>
    public static TrialFilter Parse(string text, TrialFields fields) =>
        FilterParser.Parse(text) is { } node ? new TrialFilter(new Binder(fields).Bind(node)) : All;

    /// <summary>Whether a trial is let through.</summary>
    public bool Holds(TrialRow row) => _holds(row);

    // Looks names up, and turns what was written into a function.
    private sealed class Binder(TrialFields fields)
    {
        public Func<TrialRow, bool> Bind(FilterNode node)
        {
            switch (node)
            {
                case FilterNode.And and:
                    var (first, second) = (Bind(and.Left), Bind(and.Right));
                    return row => first(row) && second(row);
                case FilterNode.Or or:
                    var (one, other) = (Bind(or.Left), Bind(or.Right));
                    return row => one(row) || other(row);
                case FilterNode.Not not:
                    var inner = Bind(not.Inner);
                    return row => !inner(row);
                default:
                    return Bind((FilterNode.Comparison)node);
            }
        }

        private Func<TrialRow, bool> Bind(FilterNode.Comparison comparison)
        {
            var (left, right) = (Named(comparison.Left, comparison.Right), Named(comparison.Right, comparison.Left));
            if (left is null && right is null)
            {
                // Text in quotes is a name where there is no other.
                left = (comparison.Left as Operand.Quoted) is { } first ? fields.Find(first.Text) : null;
                right = left is null && comparison.Right is Operand.Quoted second ? fields.Find(second.Text) : null;
            }
            if (left is null && right is null)
            {
                throw Unknown(comparison);
            }
            var field = (left ?? right)!;
            var (a, b) = (left?.Read ?? Constant(comparison.Left, field), right?.Read ?? Constant(comparison.Right, field));
            if (comparison.Left is Operand.None || comparison.Right is Operand.None)
            {
                return WithNone(comparison, field);
            }
            Check(comparison, field, right ?? field);
            if (left is null || right is null)
            {
                CheckChoice(left is null ? comparison.Left : comparison.Right, comparison.Comparator, field);
            }
            var comparator = comparison.Comparator;
            return row => Compare(a(row), comparator, b(row));
        }

        // A word may be a field's name or, beside a field of texts, a text.
        private TrialField? Named(Operand operand, Operand other) => operand is not Operand.Word word
            ? null
            : other is Operand.Word beside && fields.Find(beside.Text) is { } field && field.Choices.Contains(word.Text, StringComparer.OrdinalIgnoreCase)
                ? null
                : fields.Find(word.Text);

        private Func<TrialRow, FieldValue> Constant(Operand operand, TrialField field)
        {
            var value = operand switch
            {
                Operand.Number number when field.Kind == FieldKind.Text => FieldValue.Of(number.ToString()),
                Operand.Number number => FieldValue.Of(number.Value),
                Operand.Quoted text when field.Kind == FieldKind.Time => Time(text),
                Operand.Quoted text => FieldValue.Of(text.Text),
                Operand.Word word when field.IsNumeric => throw Unknown(word),
                Operand.Word word => FieldValue.Of(word.Text),
                _ => default,
            };
            if (value.Text is not null && field.IsNumeric)
            {
                throw new FilterException($"{field.Name} is a number, and {operand} is a text.", operand.Place);
            }
            return _ => value;
        }

        private static FieldValue Time(Operand.Quoted text) =>
            DateTimeOffset.TryParse(text.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? FieldValue.Of(at)
                : throw new FilterException($"{text} is not a time. Write it as \"2026-11-24\" or \"2026-11-24 09:30\", in UTC.", text.Place);

        private static Func<TrialRow, bool> WithNone(FilterNode.Comparison comparison, TrialField field) => comparison.Comparator switch
        {
            Comparator.Equal => row => field.Read(row).IsMissing,
            Comparator.NotEqual => row => !field.Read(row).IsMissing,
            _ => throw new FilterException("none can only be compared by = and !=.", comparison.Place),
        };

        private static void Check(FilterNode.Comparison comparison, TrialField left, TrialField right)
        {
            var comparator = comparison.Comparator;
            if (left.IsNumeric != right.IsNumeric && left.Kind != FieldKind.Mixed && right.Kind != FieldKind.Mixed)
            {
                var (number, text) = left.IsNumeric ? (left, right) : (right, left);
                throw new FilterException($"{number.Name} is a number, and {text.Name} is a text.", comparison.Place);
            }
            if (comparator == Comparator.Contains && left.IsNumeric)
            {
                throw new FilterException($"~ looks for a part of a text, and {left.Name} is a number.", comparison.Place);
            }
            if (comparator is not (Comparator.Equal or Comparator.NotEqual or Comparator.Contains) && left.Kind == FieldKind.Text)
            {
                throw new FilterException($"{left.Name} is a text: it is compared by =, != or ~.", comparison.Place);
            }
        }

        // A text that the field never has is a slip of the pen.
        private static void CheckChoice(Operand operand, Comparator comparator, TrialField field)
        {
            var written = operand is Operand.Word word ? word.Text : (operand as Operand.Quoted)?.Text;
            if (written is null || comparator == Comparator.Contains || field.IsNumeric || field.Choices.Count == 0
                || field.Choices.Contains(written, StringComparer.OrdinalIgnoreCase))
            {
                return;
            }
            var better = Written(Spelling.Nearest(written, field.Choices));
            throw new FilterException(
                $"{field.Name} is never '{written}'. {(better is null ? $"It is {Words.List(field.Choices)}." : $"Did you mean {better}?")}",
                operand.Place,
                better);
        }

        private FilterException Unknown(FilterNode.Comparison comparison) => comparison switch
        {
            { Left: Operand.Word word } => Unknown(word),
            { Right: Operand.Word word } => Unknown(word),
            _ => new FilterException("Neither side is a parameter, a metric or another field.", comparison.Place),
        };

        private FilterException Unknown(Operand.Word word)
        {
            var better = Written(Spelling.Nearest(word.Text, fields.Select(field => field.Name)));
            return new FilterException(
                $"There is no '{word.Text}'. {(better is null ? $"There are {Words.List([.. fields.Select(field => Written(field.Name))])}." : $"Did you mean {better}?")}",
                word.Place,
                better);
        }

        // As it is written in a filter: in backticks where it would be taken for something else.
        private static string? Written(string? name) => name is null ? null : new Operand.Word(name, default).ToString();

        private static bool Compare(FieldValue a, Comparator comparator, FieldValue b)
        {
            if (a.IsMissing || b.IsMissing)
            {
                return false;
            }
            if (a is { Number: { } x } && b is { Number: { } y })
            {
                return comparator switch
                {
                    Comparator.Equal => x == y,
                    Comparator.NotEqual => x != y,
                    Comparator.Less => x < y,
                    Comparator.LessOrEqual => x <= y,
                    Comparator.Greater => x > y,
                    Comparator.GreaterOrEqual => x >= y,
                    _ => false,
                };
            }
            var (text, other) = (a.ToString(), b.ToString());
            return comparator switch
            {
                Comparator.Equal => text.Equals(other, StringComparison.OrdinalIgnoreCase),
                Comparator.NotEqual => !text.Equals(other, StringComparison.OrdinalIgnoreCase),
                Comparator.Contains => text.Contains(other, StringComparison.OrdinalIgnoreCase),
                _ => false,
            };
        }
    }
}
