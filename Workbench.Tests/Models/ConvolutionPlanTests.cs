using Workbench.Core.Models;

namespace Workbench.Tests.Models;

public sealed class ConvolutionPlanTests
{
    [Fact]
    public void Layers_follow_one_another_with_a_maximum_between_stages()
    {
        var plan = new ConvolutionPlan("16,16|32");

        Assert.Equal([(1, 16, false), (16, 16, false), (16, 32, true)], plan.Layers);
        Assert.Equal(128, plan.Features);
        Assert.Equal("16,16|32", plan.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("16|")]
    [InlineData("16,,16")]
    [InlineData("0")]
    [InlineData("-8")]
    [InlineData("1000000")]
    [InlineData("sixteen")]
    public void A_malformed_plan_is_refused(string text) => Assert.Throws<FormatException>(() => new ConvolutionPlan(text));
}
