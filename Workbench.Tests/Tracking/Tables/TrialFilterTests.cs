using Workbench.Core.Search;
using Workbench.Core.Tracking.Tables;
using static Workbench.Tests.Tracking.Tables.Rows;

namespace Workbench.Tests.Tracking.Tables;

public sealed class TrialFilterTests
{
    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("number = 3")]
    [InlineData("num_hidden < 40 and val_accuracy >= 0.9")]
    [InlineData("NUM_HIDDEN < 40 AND Val_Accuracy > 0.8")]
    [InlineData("num_hidden > 40 or value = 0.9")]
    [InlineData("num_hidden > 40 && number = 1 || state = complete")]
    [InlineData("not num_hidden > 40")]
    [InlineData("!(num_hidden > 40 or val_loss > 1)")]
    [InlineData("0.2 < val_loss < 0.3")]
    [InlineData("state in (failed, complete)")]
    [InlineData("state not in (failed, pruned)")]
    [InlineData("num_hidden in (16, 32)")]
    [InlineData("optimizer = adam")]
    [InlineData("optimizer = \"ADAM\"")]
    [InlineData("optimizer ~ ada")]
    [InlineData("adam = optimizer")]
    [InlineData("optimizer != rms-prop")]
    [InlineData("params.optimizer = adam and metrics.val_loss = 0.25")]
    [InlineData("width = auto")]
    [InlineData("`my rate` = 50%")]
    [InlineData("\"my rate\" = 50%")]
    [InlineData("0.4 < 'my rate' < 0.6")]
    [InlineData("\"my rate\" != none")]
    [InlineData("params.value = 0.125")]
    [InlineData("val_loss < val_accuracy")]
    [InlineData("duration = 10")]
    [InlineData("duration >= 10s and duration < 1 and number = 0 or duration < 1min")]
    [InlineData("duration < 0.5h and duration ≥ 9000ms and duration ≠ 3d")]
    [InlineData("worker contains HERE")]
    [InlineData("worker = here:1")]
    [InlineData("worker <> 'there:1'")]
    [InlineData("started > \"2026-11-24\" and finished < \"2026-11-25 12:00\"")]
    [InlineData("attempt == 1 and learning_rate > -1e-3")]
    [InlineData("error = none and value != none")]
    [InlineData("loss = none")]
    public void Lets_a_trial_through_for_which_it_holds(string filter) => Assert.True(Holds(filter, Row()));

    [Theory]
    [InlineData("number = 4")]
    [InlineData("num_hidden < 40 and val_accuracy > 0.99")]
    [InlineData("not state = complete")]
    [InlineData("state = failed or (num_hidden > 40 and val_loss < 1)")]
    [InlineData("state in (failed)")]
    [InlineData("optimizer = sgd")]
    [InlineData("width = 1")]
    [InlineData("width > 0")]
    [InlineData("0.3 < val_loss < 0.4")]
    [InlineData("error != none")]
    public void Holds_back_the_others(string filter) => Assert.False(Holds(filter, Row()));

    [Theory]
    [InlineData("val_loss > 0")]
    [InlineData("val_loss <= 0")]
    [InlineData("val_loss != 0")]
    [InlineData("value = value")]
    [InlineData("num_hidden = 32")]
    [InlineData("error ~ memory")]
    public void What_a_trial_lacks_compares_with_nothing(string filter) =>
        Assert.False(Holds(filter, Row(run => (run.State, run.Value, run.Params) = (TrialState.Running, null, null), ("loss", 1))));

    [Fact]
    public void A_running_trial_has_run_until_now() => Assert.True(Holds("duration > 9min and finished = none", Row(run => run.FinishedAt = null)));

    [Fact]
    public void A_loss_that_is_not_a_number_is_above_and_below_nothing()
    {
        var diverged = Row(null, ("val_loss", double.NaN));

        Assert.False(Holds("val_loss > 0 or val_loss <= 0 or val_loss = none", diverged));
        Assert.True(Holds("val_loss != val_loss", diverged));
    }

    [Fact]
    public void And_binds_closer_than_or_and_not_closest()
    {
        Assert.True(Holds("number = 3 or number = 1 and number = 2", Row()));
        Assert.False(Holds("(number = 3 or number = 1) and number = 2", Row()));
        Assert.True(Holds("not number = 1 and number = 3", Row()));
        Assert.False(Holds("not (number = 1 or number = 3)", Row()));
    }

    [Theory]
    [InlineData("num_hiden < 40", "num_hiden", "There is no 'num_hiden'. Did you mean num_hidden?", "num_hidden")]
    [InlineData("number = 1 and val_acuracy > 0.9", "val_acuracy", "There is no 'val_acuracy'. Did you mean val_accuracy?", "val_accuracy")]
    [InlineData("val_loss > los", "los", "There is no 'los'. Did you mean loss?", "loss")]
    [InlineData("dropout = 1", "dropout", "There is no 'dropout'. There are number, state, value, duration,", null)]
    [InlineData("state = faild", "faild", "state is never 'faild'. Did you mean failed?", "failed")]
    [InlineData("state in (failed, 'bad')", "'bad'", "state is never 'bad'. It is running, complete, pruned, failed, stopped.", null)]
    [InlineData("optimizer = adan", "adan", "optimizer is never 'adan'. Did you mean adam?", "adam")]
    [InlineData("num_hidden = \"many\"", "\"many\"", "num_hidden is a number, and \"many\" is a text.", null)]
    [InlineData("num_hidden = optimizer", "num_hidden = optimizer", "num_hidden is a number, and optimizer is a text.", null)]
    [InlineData("state > failed", "state > failed", "state is a text: it is compared by =, != or ~.", null)]
    [InlineData("num_hidden ~ 3", "num_hidden ~ 3", "~ looks for a part of a text, and num_hidden is a number.", null)]
    [InlineData("value < none", "value < none", "none can only be compared by = and !=.", null)]
    [InlineData("1 < 2", "1 < 2", "Neither side is a parameter, a metric or another field.", null)]
    [InlineData("started > \"tomorrow\"", "\"tomorrow\"", "\"tomorrow\" is not a time.", null)]
    [InlineData("duration > 5 parsecs", "parsecs", "Before 'parsecs', 'and' or 'or' is missing.", null)]
    [InlineData("duration > 5parsecs", "parsecs", "'parsecs' is no unit. Units are ms, s, min, h, d and %.", null)]
    [InlineData("value > 1.2.3", "1.2.3", "'1.2.3' is not a number.", null)]
    [InlineData("value > 1e999", "1e999", "1e999 is too large a number.", null)]
    [InlineData("my rate > 0.3", "my", "After my comes =, !=, <, <=, >, >=, ~ or in. A name with spaces stands in backticks, as in `my name`.", null)]
    [InlineData("`my rat` > 0.3", "`my rat`", "There is no 'my rat'. Did you mean `my rate`?", "`my rate`")]
    [InlineData("value # 3", "#", "'#' means nothing here.", null)]
    [InlineData("value > 1 & state = failed", "&", "'&' means nothing here. Write and.", "and")]
    [InlineData("(value > 1", "(", "The ) for this ( is missing.", null)]
    [InlineData("value > 1)", ")", "This ) closes nothing.", null)]
    [InlineData("value > 1 number = 2", "number", "Before 'number', 'and' or 'or' is missing.", null)]
    [InlineData("and value > 1", "and", "Before 'and', a name or a value is missing.", null)]
    [InlineData("value > ) ", ")", "Before ')', a name or a value is missing.", null)]
    [InlineData("state in failed", "failed", "After in comes a list in brackets", null)]
    [InlineData("value 3 4", "value", "After value comes =, !=, <", null)]
    [InlineData("state = 'failed", "'failed", "The closing ' is missing.", null)]
    public void Says_where_it_is_wrong_and_what_would_be_right(string filter, string where, string says, string? better)
    {
        var fault = Assert.Throws<FilterException>(() => TrialFilter.Parse(filter, Fields));

        Assert.Equal(where, filter.Substring(fault.Start, fault.Length));
        Assert.StartsWith(says, fault.Message, StringComparison.Ordinal);
        Assert.Equal(better, fault.Better);
    }

    [Theory]
    [InlineData("val")]
    [InlineData("value")]
    [InlineData("value >")]
    [InlineData("value > 1 and")]
    [InlineData("value > 1 an")]
    [InlineData("value > 1 and (number = 2")]
    [InlineData("state in (failed,")]
    [InlineData("state in")]
    [InlineData("state = \"fail")]
    [InlineData("value > 1 &")]
    [InlineData("not")]
    public void What_is_still_being_typed_is_not_yet_wrong(string filter) =>
        Assert.True(Assert.Throws<FilterException>(() => TrialFilter.Parse(filter, Fields)).IsUnfinished);

    [Fact]
    public void Refuses_what_nobody_would_type()
    {
        var deep = new string('(', 3000);
        var endless = string.Join(" and ", Enumerable.Repeat("value > 1", 1000));

        Assert.Contains("levels", Assert.Throws<FilterException>(() => TrialFilter.Parse(deep, Fields)).Message, StringComparison.Ordinal);
        Assert.Contains("4000 is the most", Assert.Throws<FilterException>(() => TrialFilter.Parse(endless, Fields)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("num_h", new[] { "num_hidden" })]
    [InlineData("value > 1 and op", new[] { "value > 1 and optimizer" })]
    [InlineData("value > 1 and my", new[] { "value > 1 and `my rate`" })]
    [InlineData("state = ", new[] { "state = running", "state = complete", "state = pruned", "state = failed", "state = stopped" })]
    [InlineData("state = f", new[] { "state = failed" })]
    [InlineData("optimizer != s", new[] { "optimizer != sgd" })]
    [InlineData("value > ", new string[0])]
    [InlineData("value", new string[0])]
    [InlineData("state = 'f", new string[0])]
    public void Completes_names_and_values(string typed, string[] expected) => Assert.Equal(expected, FilterCompletion.Suggest(typed, Fields));

    [Fact]
    public void Offers_the_first_fields_to_who_has_typed_nothing() => Assert.Equal("number", FilterCompletion.Suggest("", Fields)[0]);
}
