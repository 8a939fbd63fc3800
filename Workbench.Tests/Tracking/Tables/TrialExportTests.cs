using System.Text;
using System.Text.Json.Nodes;
using Workbench.Core.Search;
using Workbench.Core.Tracking.Tables;
using Workbench.Tests.Components;
using static Workbench.Tests.Tracking.Tables.Rows;

namespace Workbench.Tests.Tracking.Tables;

public sealed class TrialExportTests
{
    private static readonly IReadOnlyList<TrialField> Some =
        [.. new[] { "number", "state", "value", "duration", "started", "error", "learning_rate", "width", "val_loss" }.Select(name => Fields.Find(name)!)];

    [Fact]
    public void Csv_has_a_line_of_names_and_a_line_for_each_trial()
    {
        var csv = TrialExport.Csv(Some, [Row(), Row(run => (run.Value, run.FinishedAt, run.Params) = (null, null, null))]);

        Assert.Equal(
            $"{Csv.ByteOrderMark}number,state,value,duration,started,error,learning_rate,width,val_loss\r\n"
            + "3,complete,0.9,10,2026-11-24T09:30:30.000Z,,0.01,auto,0.25\r\n"
            + "3,complete,,570,2026-11-24T09:30:30.000Z,,,,0.25\r\n",
            csv);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a, b", "\"a, b\"")]
    [InlineData("say \"no\"", "\"say \"\"no\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData(" spaced ", "\" spaced \"")]
    public void Csv_quotes_what_would_be_misread(string error, string cell) =>
        Assert.Equal($"{Csv.ByteOrderMark}error\r\n{cell}\r\n", TrialExport.Csv([Fields.Find("error")!], [Row(run => run.Error = error)]));

    [Theory]
    [InlineData("=HYPERLINK(\"http://evil.example\")", "\"'=HYPERLINK(\"\"http://evil.example\"\")\"")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r\n=1", "\"'\r\n=1\"")]
    [InlineData("\uff1d1+1", "'\uff1d1+1")]
    [InlineData("-2.5e-3", "-2.5e-3")]
    [InlineData("a=1", "a=1")]
    [InlineData("-", "'-")]
    public void Csv_has_no_text_that_a_spreadsheet_takes_for_a_formula(string error, string cell) =>
        Assert.Equal($"{Csv.ByteOrderMark}error\r\n{cell}\r\n", TrialExport.Csv([Fields.Find("error")!], [Row(run => run.Error = error)]));

    [Fact]
    public void Numbers_read_back_as_they_were() =>
        Assert.Equal($"{Csv.ByteOrderMark}value\r\n0.30000000000000004\r\n", TrialExport.Csv([Fields.Find("value")!], [Row(run => run.Value = 0.1 + 0.2)]));

    [Fact]
    public void Json_has_an_object_for_each_trial_with_null_for_what_is_no_number()
    {
        var rows = JsonNode.Parse(Encoding.UTF8.GetString(TrialExport.Json(Some, [Row(null, ("val_loss", double.NaN))])))!.AsArray();

        Assert.Equal(
            """{"number":3,"state":"complete","value":0.9,"duration":10,"started":"2026-11-24T09:30:30.000Z","error":null,"learning_rate":0.01,"width":"auto","val_loss":null}""",
            Assert.Single(rows)!.ToJsonString());
    }

    [Theory]
    [InlineData("number", new[] { 0, 1, 2, 3 })]
    [InlineData("-number", new[] { 3, 2, 1, 0 })]
    [InlineData("", new[] { 3, 2, 1, 0 })]
    [InlineData("value", new[] { 0, 2, 1, 3 })]
    [InlineData("-value", new[] { 1, 0, 2, 3 })]
    [InlineData("learning_rate", new[] { 2, 0, 1, 3 })]
    [InlineData("-num_hidden", new[] { 0, 1, 2, 3 })]
    [InlineData("state", new[] { 0, 1, 2, 3 })]
    public void Sorts_by_any_field_with_what_has_no_value_at_the_end(string order, int[] expected)
    {
        var running = StudyData.Trial(3, double.NaN, TrialState.Running);
        running.Params = null;
        var trials = new[] { StudyData.Trial(0, 0.5, rate: 0.01, hidden: 64), StudyData.Trial(1, 0.9, rate: 0.1), StudyData.Trial(2, 0.5, rate: 0.001), running };

        var sorted = TrialOrder.Parse(order, Fields)!.Sort(trials.Select(trial => new TrialRow(trial, new Dictionary<string, double>(), StudyData.Start)));

        Assert.Equal(expected, sorted.Select(row => row.Run.Number!.Value));
    }

    [Fact]
    public void There_is_no_order_by_what_there_is_not() => Assert.Null(TrialOrder.Parse("-nothing", Fields));

    [Fact]
    public void A_parameter_whose_name_is_taken_has_another()
    {
        Assert.Equal(Fields.Count, Fields.Select(field => field.Name).Distinct().Count());
        Assert.Equal(FieldOrigin.Run, Fields.Find("value")!.Origin);
        Assert.Equal(FieldOrigin.Parameter, Fields.Find("params.value")!.Origin);
        Assert.Same(Fields.Find("optimizer"), Fields.Find("params.optimizer"));
    }
}
