using Bunit;
using Workbench.Components.Compare;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Tests.Training;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Compare;

public sealed class SideBySideTests : ComponentTests
{
    [Fact]
    public void What_is_the_same_is_told_from_what_differs()
    {
        var part = SideBySide.Parameters([Trial(0, rate: 0.1).Params, Trial(1, rate: 0.01).Params, null], ["num_hidden", "learning_rate"]);

        Assert.Equal(["num_hidden", "learning_rate"], part.Lines.Select(line => line.Name));
        Assert.Equal(["0.1", "0.01", "–"], part.Lines[1].Cells);
        Assert.True(part.Lines[1].Differs);
        Assert.False(SideBySide.Parameters([Trial(0).Params, Trial(1).Params], []).Lines[0].Differs);
    }

    [Fact]
    public void Values_that_look_the_same_may_differ() =>
        Assert.True(SideBySide.Parameters([Trial(0, rate: 0.100001).Params, Trial(1, rate: 0.100002).Params], []).Lines[0].Differs);

    [Fact]
    public void The_best_is_what_the_pipeline_or_the_study_says_and_nothing_where_neither_does()
    {
        Dictionary<string, double>[] metrics =
        [
            new() { ["accuracy"] = 0.5, ["loss"] = 0.5, ["score"] = 3, ["another loss"] = 1 },
            new() { ["accuracy"] = 0.9, ["loss"] = 0.1, ["score"] = 4, ["another loss"] = 2 },
            new() { ["accuracy"] = 0.9, ["loss"] = double.NaN },
        ];

        var lines = SideBySide.Metrics(metrics, Samples.Pipelines, metric => metric == "score" ? Direction.Minimize : null).Lines;

        Assert.Equal(["loss", "accuracy", "another loss", "score"], lines.Select(line => line.Name));
        var best = lines.ToDictionary(line => line.Name, line => line.Best);
        Assert.Empty(best["another loss"]);
        Assert.Equal([1, 2], best["accuracy"]);
        Assert.Equal([1], best["loss"]);
        Assert.Equal([0], best["score"]);
    }

    [Fact]
    public void Nobody_is_best_where_all_are_the_same() =>
        Assert.Empty(SideBySide.Metrics([new Dictionary<string, double> { ["loss"] = 1 }, new Dictionary<string, double> { ["loss"] = 1 }], Samples.Pipelines).Lines[0].Best);

    [Fact]
    public void Runs_of_several_studies_say_which()
    {
        ExperimentRun[] runs = [new(Trial(0, 0.5), Study()), new(Trial(1, 0.6), Study())];
        var last = runs.ToDictionary(run => run.Run.Id, _ => (IReadOnlyDictionary<string, double>)new Dictionary<string, double>());

        Assert.DoesNotContain(SideBySide.Of(runs, last, Start, Samples.Pipelines)[0].Lines, line => line.Name == "Study");
    }

    [Fact]
    public async Task The_table_marks_what_differs_and_can_leave_out_the_rest()
    {
        var parts = new[] { SideBySide.Parameters([Trial(0, rate: 0.1).Params, Trial(1, rate: 0.01).Params], []) };
        var table = Render<ComparisonTable>(t => t.Add(c => c.Label, "Runs").Add(c => c.Columns, [("Trial 0", "runs/1"), ("Trial 1", "runs/2")]).Add(c => c.Parts, parts));

        Assert.Equal(["learning_rate", "num_hidden"], table.FindAll("th[scope=row]").Select(th => th.TextContent));
        Assert.Equal("learning_rate", Assert.Single(table.FindAll("tr.differs > th")).TextContent);

        await table.InvokeAsync(() => table.Find("input[type=checkbox]").ChangeAsync(true));

        Assert.Equal("learning_rate", Assert.Single(table.FindAll("th[scope=row]")).TextContent);
    }
}
