using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Workbench.Components.Layout;
using Workbench.Components.Parts;
using Workbench.Components.Studies;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components.Parts;

public sealed class PartsTests : ComponentTests
{
    [Fact]
    public void Each_state_of_a_trial_has_a_shape_of_its_own()
    {
        var shapes = Enum.GetValues<TrialState>().Select(state => Render<StateChip>(chip => chip.Add(c => c.State, state)).Find("path").GetAttribute("d"));

        Assert.Equal(Enum.GetValues<TrialState>().Length, shapes.Distinct().Count());
    }

    [Fact]
    public void A_state_is_a_word()
    {
        Assert.Equal("completed", Render<StateChip>(chip => chip.Add(c => c.State, StudyState.Completed)).Find(".chip").TextContent.Trim());
        Assert.Equal("pruned", Render<StateChip>(chip => chip.Add(c => c.State, TrialState.Pruned)).Find(".chip").TextContent.Trim());
    }

    [Fact]
    public async Task Of_several_options_one_is_checked_and_another_can_be_chosen()
    {
        string? chosen = null;
        var choice = Render<Choice>(c => c.Add(p => p.Label, "Metric").Add(p => p.Options, ["loss", "accuracy"]).Add(p => p.Value, "loss").Add(p => p.ValueChanged, value => chosen = value));

        Assert.Equal("loss", choice.Find("[aria-checked=true]").TextContent);
        await choice.InvokeAsync(() => choice.Find("[aria-checked=false]").ClickAsync(new()));

        Assert.Equal("accuracy", chosen);
    }

    [Fact]
    public void Parameters_are_copied_in_the_order_of_the_search_space() => Assert.Equal(
        """
        {
          "learning_rate": 0.5,
          "num_hidden": 8
        }
        """,
        ParametersCard.Json(new ParameterSet(("num_hidden", 8), ("learning_rate", 0.5)), StudyData.Study().SearchSpace),
        ignoreLineEndingDifferences: true);

    [Fact]
    public void A_fault_of_the_database_is_called_so()
    {
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton(new Database("Host=127.0.0.1;Port=1"));
        var fault = Render<PageFault>(page => page.Add(p => p.Fault, new InvalidOperationException("x", new NpgsqlException("refused"))));

        Assert.Equal("The database does not answer", fault.Find("h1").TextContent);
    }
}
