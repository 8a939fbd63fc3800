using Workbench.Components.Charts;
using Workbench.Core.Search;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Charts;

public sealed class ParameterScaleTests
{
    [Fact]
    public void A_logarithmic_parameter_lies_on_a_logarithmic_axis_over_its_whole_range()
    {
        var axis = ParameterScale.Of(new FloatParameter("rate", 1e-5, 0.1, Log: true)).X();

        Assert.Equal(Plotly.Blazor.LayoutLib.XAxisLib.TypeEnum.Log, axis.Type);
        Assert.Equal(-5.16, (double)axis.Range[0], 6);
        Assert.Equal(-0.84, (double)axis.Range[1], 6);
    }

    [Fact]
    public void The_choices_of_a_categorical_parameter_stand_in_their_order()
    {
        var scale = ParameterScale.Of(new CategoricalParameter("optimizer", ["adam", "sgd"]));

        Assert.Equal([0.0, 1.0], scale.Y().TickVals);
        Assert.Equal(["adam", "sgd"], scale.Y().TickText);
        Assert.Equal(1, scale.Of(WithParams(("optimizer", "sgd"))));
        Assert.Null(scale.Of(WithParams(("optimizer", "rmsprop"))));
    }

    [Fact]
    public void A_whole_number_is_the_same_choice_with_and_without_a_point() =>
        Assert.Equal(1, ParameterScale.Of(new CategoricalParameter("batch", [32, 64])).Of(WithParams(("batch", 64.0))));

    [Fact]
    public void A_trial_without_the_parameter_has_no_place() =>
        Assert.Null(ParameterScale.Of(new FloatParameter("momentum", 0, 1)).Of(WithParams(("rate", 0.1))));

    [Fact]
    public void What_can_take_only_one_value_is_not_searched()
    {
        SearchSpace space = new(
            new FixedParameter("batch", 128), new FloatParameter("same", 1, 1), new CategoricalParameter("only", ["a"]), new IntParameter("hidden", 8, 64));

        Assert.Equal(["hidden"], ParameterScale.Searched(space).Select(p => p.Name));
    }

    [Theory]
    [InlineData(1e-5, 0.1, true, "1e-5 1e-4 0.001 0.01 0.1")]
    [InlineData(0, 0.05, false, "0 0.01 0.02 0.03 0.04 0.05")]
    [InlineData(3, 4, true, "3 3.2 3.4 3.6 3.8 4")]
    [InlineData(-1, 1, false, "-1 -0.5 0 0.5 1")]
    public void Labels_are_powers_of_ten_or_round_numbers(double low, double high, bool log, string expected) =>
        Assert.Equal(expected, string.Join(' ', ParameterScale.Of(new FloatParameter("x", low, high, log)).Ticks().Select(t => t.Text)));

    private static Workbench.Core.Tracking.Run WithParams(params (string, ParameterValue)[] values)
    {
        var trial = Trial(0, 0.5);
        trial.Params = new(values);
        return trial;
    }
}
