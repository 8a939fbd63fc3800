using Bunit;
using Workbench.Components.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components.Studies;

public class TrialsBarTests : ComponentTests
{
    [Fact]
    public void Its_parts_stand_side_by_side_and_leave_room_for_what_is_still_to_come()
    {
        var bar = Render<TrialsBar>(parameters => parameters
            .Add(b => b.Counts, new TrialCounts(5, 3, 1, 2, 0)).Add(b => b.Trials, 20).Add(b => b.Label, "Finished trials"));

        Assert.Equal("0 0 20 1", bar.Find("svg").GetAttribute("viewBox"));
        Assert.Equal("9", bar.Find("[role=progressbar]").GetAttribute("aria-valuenow"));
        Assert.Equal(
            [("complete", null, "5"), ("pruned", "5", "3"), ("failed", "8", "1")],
            bar.FindAll("rect").Select(part => (part.ClassName!, part.GetAttribute("x"), part.GetAttribute("width")!)));
    }
}
