using Workbench.Components.Trials;
using Workbench.Core.Tracking.Tables;
using Workbench.Tests.Training;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Trials;

public sealed class TrialColumnsTests
{
    private static readonly TrialFields Fields = new(Study(), Samples.Transfer.Metrics.Select(metric => metric.Name));

    [Fact]
    public void Usually_parameters_and_all_metrics_but_the_objective_show()
    {
        var columns = new TrialColumns();

        Assert.Equal(
            ["number", "state", "value", "duration", "learning_rate", "num_hidden", "loss", "accuracy", "val_loss", "worker"],
            TrialColumns.InOrder(Fields).Where(field => columns.Shows(field, Study())).Select(field => field.Name));
    }

    [Fact]
    public void What_was_chosen_is_remembered_and_nothing_else()
    {
        var columns = new TrialColumns();
        columns.Choose(Fields.Find("worker")!, false, Study());
        columns.Choose(Fields.Find("error")!, true, Study());
        columns.Choose(Fields.Find("state")!, false, Study());
        columns.Choose(Fields.Find("state")!, true, Study());

        var next = new TrialColumns();
        next.Remember(columns.Json);

        Assert.Equal("""{"worker":false,"error":true}""", columns.Json);
        Assert.False(next.Shows(Fields.Find("worker")!, Study()));
        Assert.True(next.Shows(Fields.Find("error")!, Study()));
        Assert.False(next.IsUsual);
        next.Reset();
        Assert.True(next.Shows(Fields.Find("worker")!, Study()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("[1]")]
    public void Nonsense_is_forgotten(string? json)
    {
        var columns = new TrialColumns();

        columns.Remember(json);

        Assert.True(columns.IsUsual);
    }

    [Fact]
    public void The_number_always_shows()
    {
        var columns = new TrialColumns();
        columns.Choose(Fields.Find("number")!, false, Study());

        Assert.True(columns.Shows(Fields.Find("number")!, Study()));
    }
}
