using Bunit;
using Workbench.Components.Charts;
using Workbench.Components.Studies.Analysis;
using Workbench.Core.Search;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Studies.Analysis;

public sealed class PlotChoosersTests : ComponentTests
{
    private static readonly SearchSpace Space = new(
        new FixedParameter("batch", 128), new FloatParameter("rate", 1e-5, 0.1, Log: true), new IntParameter("hidden", 8, 64), new FloatParameter("l2", 0, 1));

    [Fact]
    public void Without_a_choice_the_first_two_parameters_that_are_searched_are_shown_in_focus_on_a_linear_axis()
    {
        var options = Of();

        Assert.Equal(("rate", "hidden"), (options.X!.Name, options.Y!.Name));
        Assert.Equal((new ValueScale(Focus: true), "val_accuracy"), (options.Values, options.Metric));
    }

    [Theory]
    [InlineData("l2", "rate", "l2", "rate")]
    [InlineData("hidden", null, "hidden", "rate")]
    [InlineData(null, "rate", "hidden", "rate")]
    [InlineData("no such", "batch", "rate", "hidden")]
    public void What_the_address_names_is_shown_and_what_it_names_wrongly_is_as_usual(string? x, string? y, string first, string second) =>
        Assert.Equal((first, second), (Of(x: x, y: y).X!.Name, Of(x: x, y: y).Y!.Name));

    [Fact]
    public void A_space_in_which_nothing_varies_has_nothing_to_choose()
    {
        var options = PlotOptions.Of(new(new FixedParameter("batch", 128)), "loss", null, null, null, null, null);

        Assert.Null(options.X);
        Assert.Null(options.Y);
    }

    [Fact]
    public async Task A_choice_is_named_as_the_address_names_it()
    {
        var chosen = new List<(string, string?)>();
        var choosers = Render<PlotChoosers>(p => p.Add(c => c.Controls, PlotControls.X | PlotControls.Y | PlotControls.Values)
            .Add(c => c.Options, Of()).Add(c => c.Space, Space).Add(c => c.Metrics, ["loss", "val_accuracy"]).Add(c => c.OnSet, chosen.Add));

        Assert.Equal(["rate", "hidden", "l2"], choosers.FindAll("select")[0].QuerySelectorAll("option").Select(o => o.TextContent));
        await choosers.InvokeAsync(() => choosers.FindAll("select")[1].ChangeAsync(new() { Value = "l2" }));
        await choosers.InvokeAsync(() => choosers.Find("[aria-label='Range of values'] button:last-child").ClickAsync(new()));
        await choosers.InvokeAsync(() => choosers.Find("[aria-label='Scale of values'] button:last-child").ClickAsync(new()));
        await choosers.InvokeAsync(() => choosers.Find("[aria-label='Scale of values'] button:first-child").ClickAsync(new()));

        Assert.Equal([("y", "l2"), ("range", "all"), ("scale", "log"), ("scale", null)], chosen);
    }

    [Fact]
    public void Only_what_a_plot_depends_on_can_be_chosen()
    {
        var choosers = Render<PlotChoosers>(p => p.Add(c => c.Controls, PlotControls.Metric).Add(c => c.Options, Of()).Add(c => c.Space, Space).Add(c => c.Metrics, ["loss", "val_accuracy"]));

        Assert.Equal("val_accuracy", Assert.Single(choosers.FindAll("select")).QuerySelector("option[selected]")!.TextContent);
        Assert.Empty(choosers.FindAll("[role=radiogroup]"));
    }

    private static PlotOptions Of(string? x = null, string? y = null) => PlotOptions.Of(Space, Study().Metric, null, null, null, x, y);
}
