using Workbench.Components.Studies;
using Workbench.Core.Search;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Studies;

public sealed class TrialsTableTests
{
    [Theory]
    [InlineData("#", true, new[] { 3, 2, 1, 0 })]
    [InlineData("Value", true, new[] { 1, 0, 2, 3 })]
    [InlineData("Value", false, new[] { 0, 2, 1, 3 })]
    [InlineData("learning_rate", false, new[] { 2, 0, 1, 3 })]
    [InlineData("num_hidden", true, new[] { 0, 1, 2, 3 })]
    public void Sorts_by_any_column_with_what_has_no_value_at_the_end(string column, bool descending, int[] expected)
    {
        var running = Trial(3, null, TrialState.Running, rate: 0.5, hidden: 8);
        if (column == "learning_rate")
        {
            running.Params = null;
        }
        var trials = new[] { Trial(0, 0.5, rate: 0.01, hidden: 64), Trial(1, 0.9, rate: 0.1), Trial(2, 0.5, rate: 0.001), running };

        Assert.Equal(expected, TrialsTable.Sorted(trials, column, descending).Select(t => t.Number!.Value));
    }
}
