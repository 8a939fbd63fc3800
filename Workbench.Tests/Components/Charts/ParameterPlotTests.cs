using Plotly.Blazor.Traces;
using Workbench.Components.Charts;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Charts;

/// <summary>The plots over parameters: slice, contour, rank, parallel coordinates, importance.</summary>
public sealed class ParameterPlotTests
{
    private static readonly ValueScale All = new();
    private static readonly FloatParameter Momentum = new("momentum", 0, 0.99) { Condition = new("optimizer", ["sgd"]) };
    private static readonly SearchSpace Conditional = new(new CategoricalParameter("optimizer", ["adam", "sgd"]), Momentum);

    private static Parameter Rate => Study().SearchSpace[0];

    private static Parameter Hidden => Study().SearchSpace[1];

    [Fact]
    public void A_slice_shows_values_over_a_parameter_with_the_trials_number_as_colour_and_pruned_ones_apart()
    {
        var chart = SlicePlot.Draw(
            Study(), [Trial(0, 0.9, rate: 0.01), Trial(1, 0.4, TrialState.Pruned, rate: 0.1), Trial(2, 0.8, rate: 0.02), Trial(3, null, TrialState.Failed)], Rate, All);

        var complete = Points(chart, "Complete");
        Assert.Equal([0.01, 0.02], complete.X);
        Assert.Equal([0.9, 0.8], complete.Y);
        Assert.Equal([0, 2], complete.Marker.ColorArray);
        Assert.Equal([0.1], Points(chart, "Pruned").X);
        Assert.Equal(Plotly.Blazor.LayoutLib.XAxisLib.TypeEnum.Log, chart.Layout.XAxis[0].Type);
    }

    [Fact]
    public void A_slice_over_a_conditional_parameter_leaves_out_trials_without_it_and_says_so_when_that_is_all()
    {
        var study = Study(space: Conditional);

        var chart = SlicePlot.Draw(study, [Adam(0, 0.5), Sgd(1, 0.6, 0.9)], Momentum, All);

        Assert.Equal([1], Points(chart, "Complete").CustomData);
        Assert.Equal(
            "No trial with momentum has ended yet; it exists only for some values of optimizer.", SlicePlot.Draw(study, [Adam(0, 0.5)], Momentum, All).Note);
    }

    [Theory]
    [InlineData(Direction.Maximize, new[] { 0.0, 1.0, 0.5 })]
    [InlineData(Direction.Minimize, new[] { 1.0, 0.0, 0.5 })]
    public void Ranks_go_from_the_worst_to_the_best(Direction direction, double[] expected)
    {
        var chart = RankPlot.Draw(Study(direction), [Trial(0, 0.1), Trial(1, 0.9), Trial(2, 0.2)], Rate, Hidden);

        Assert.Equal(expected.Cast<object>(), Points(chart, "Complete").Marker.ColorArray);
        Assert.Equal(expected.Cast<object>(), chart.Table!().Rows.Select(row => row[^1]));
    }

    [Fact]
    public void Trials_of_equal_value_share_the_mean_rank() =>
        Assert.Equal([0.5, 0.5, 0.5], RankPlot.Ranks([Trial(0, 0.5), Trial(1, 0.5), Trial(2, 0.5)], Direction.Maximize).Values);

    [Fact]
    public void The_surface_of_a_contour_passes_near_its_trials_and_stays_between_their_values()
    {
        var surface = ContourPlot.Surface([(0, 0, 1), (1, 1, 3)], [0, 0.5, 1], [0, 0.5, 1]);

        var middle = (double[])surface[1];
        Assert.Equal(1, ((double[])surface[0])[0], 6);
        Assert.Equal(3, ((double[])surface[2])[2], 6);
        Assert.Equal(2, middle[1], 6);
        Assert.All(surface.Cast<double[]>().SelectMany(row => row), value => Assert.InRange(value, 1, 3));
    }

    [Theory]
    [InlineData(Direction.Maximize, false)]
    [InlineData(Direction.Minimize, true)]
    public void The_best_end_of_the_colours_is_the_better_one(Direction direction, bool reversed)
    {
        List<Run> trials = [Trial(0, 0.1, rate: 1e-4), Trial(1, 0.9, rate: 1e-3), Trial(2, 0.2, rate: 1e-2)];

        Assert.Equal(reversed, ContourPlot.Draw(Study(direction), trials, Rate, Hidden, All).Traces.OfType<Contour>().Single().ReverseScale);
        Assert.Equal(reversed, Assert.IsType<ParCoords>(ParallelCoordinates.Draw(Study(direction), trials, All).Traces[0]).Line.ReverseScale);
    }

    [Fact]
    public void A_contour_marks_the_trials_and_the_best_of_them_over_a_grid_that_does_not_grow()
    {
        var chart = ContourPlot.Draw(Study(), [.. Enumerable.Range(0, 300).Select(i => Trial(i, i % 7, rate: 1e-5 * (i + 1)))], Rate, Hidden, All);

        Assert.Equal(32, chart.Traces.OfType<Contour>().Single().Z.Count);
        Assert.Equal(300, Points(chart, "Complete").X.Count);
        Assert.Equal([6], Points(chart, "Best").CustomData);
    }

    [Fact]
    public void A_contour_over_a_categorical_parameter_has_a_line_for_each_choice()
    {
        var chart = ContourPlot.Draw(
            Study(space: Conditional), [Sgd(0, 0.5, 0.1), Sgd(1, 0.6, 0.9), Sgd(2, 0.7, 0.5), Adam(3, 0.9)], Conditional[0], Momentum, All);

        Assert.Equal([0.0, 1.0], chart.Traces.OfType<Contour>().Single().X);
        Assert.Equal(3, Points(chart, "Complete").X.Count);
    }

    [Fact]
    public void A_contour_of_one_value_everywhere_is_flat_and_not_broken()
    {
        var contour = ContourPlot.Draw(Study(), [Trial(0, 0.5), Trial(1, 0.5), Trial(2, 0.5)], Rate, Hidden, All).Traces.OfType<Contour>().Single();

        Assert.All(contour.Z.Cast<double[]>().SelectMany(row => row), value => Assert.Equal(0.5, value, 9));
        // Plotly fails without a level to draw.
        Assert.True(contour.Contours.Size > 0 && contour.Contours.Start < contour.Contours.End);
    }

    [Fact]
    public void Parallel_coordinates_begin_with_the_value_and_put_logarithmic_parameters_on_powers_of_ten()
    {
        var lines = Assert.IsType<ParCoords>(Assert.Single(ParallelCoordinates.Draw(Study(), [Trial(0, 0.9, rate: 0.01), Trial(1, 0.8, rate: 0.1)], All).Traces));

        Assert.Equal(["val_accuracy", "learning_rate", "num_hidden"], lines.Dimensions.Select(d => d.Label));
        Assert.Equal([0.9, 0.8], lines.Dimensions[0].Values);
        Assert.Equal([-2.0, -1.0], lines.Dimensions[1].Values);
        Assert.Equal(["1e-5", "1e-4", "0.001", "0.01", "0.1"], lines.Dimensions[1].TickText);
        Assert.Equal([0, 1], lines.CustomData);
    }

    [Fact]
    public void Lines_of_trials_without_a_conditional_parameter_pass_below_its_axis()
    {
        var lines = (ParCoords)ParallelCoordinates.Draw(Study(space: Conditional), [Adam(0, 0.5), Sgd(1, 0.6, 0.9)], All).Traces[0];

        var momentum = lines.Dimensions[2];
        Assert.Equal([0.0, 1.0], lines.Dimensions[1].Values);
        Assert.Equal(0.9, momentum.Values[1]);
        Assert.True((double)momentum.Values[0] < 0);
        Assert.Equal("none", momentum.TickText[0]);
    }

    [Fact]
    public void The_most_important_parameter_is_on_top()
    {
        var trials = Enumerable.Range(0, 60).Select(i => Trial(i, Math.Log10(Rates(i)), rate: Rates(i), hidden: 8 + i * 7 % 57)).ToList();

        var chart = ParameterImportance.Draw(Study(), trials);

        var bars = Assert.IsType<Bar>(Assert.Single(chart.Traces));
        Assert.Equal("learning_rate", bars.Y[^1]);
        Assert.Equal(1, bars.X.Cast<double>().Sum(), 6);
        Assert.Equal("learning_rate", chart.Table!().Rows[0][0]);

        static double Rates(int i) => Math.Pow(10, -5 + i * 37 % 60 / 15.0);
    }

    [Fact]
    public void Importance_says_what_is_missing()
    {
        Assert.Equal("It takes 5 finished trials to tell which parameters matter; there is 1.", ParameterImportance.Draw(Study(), [Trial(0, 0.5)]).Note);
        Assert.Equal(
            "All trials have the same value: no parameter makes a difference yet.",
            ParameterImportance.Draw(Study(), [.. Enumerable.Range(0, 9).Select(i => Trial(i, 0.5, rate: 1e-3 * (i + 1)))]).Note);
    }

    [Theory]
    [MemberData(nameof(FewTrials))]
    public void Too_little_to_draw_is_a_note_or_a_chart_and_never_breaks(Run[] trials)
    {
        foreach (var direction in Enum.GetValues<Direction>())
        {
            var study = Study(direction);
            foreach (var values in new[] { All, new(Focus: true), new(Log: true), new(Focus: true, Log: true) })
            {
                Chart[] charts =
                [
                    OptimizationHistory.Draw(study, trials, values), SlicePlot.Draw(study, trials, Rate, values), ContourPlot.Draw(study, trials, Rate, Hidden, values),
                    RankPlot.Draw(study, trials, Rate, Hidden), ParallelCoordinates.Draw(study, trials, values), EmpiricalDistribution.Draw(study, trials, values),
                    ParameterImportance.Draw(study, trials), Timeline.Draw(study, trials, Start.AddHours(1)),
                ];
                Assert.All(charts, chart => Assert.True(chart.Note is not null || (chart.Traces.Count > 0 && chart.Table!().Rows.Count > 0), chart.Description));
            }
        }
    }

    public static TheoryData<Run[]> FewTrials => new(
        [],
        [Trial(0, null, TrialState.Running)],
        [Trial(0, null, TrialState.Failed)],
        [Trial(0, double.NaN)],
        [Trial(0, 0.5)],
        [Trial(0, 0.5), Trial(1, double.NaN)],
        [Trial(0, 0.5), Trial(1, 0.5)],
        [Trial(0, 0), Trial(1, -1), Trial(2, double.PositiveInfinity)],
        [.. Enumerable.Range(0, 8).Select(i => Trial(i, 0.5))],
        [WithoutParams(Trial(0, 0.5)), WithoutParams(Trial(1, null, TrialState.Failed))]);

    private static Run WithoutParams(Run trial)
    {
        trial.Params = null;
        return trial;
    }

    private static Run Adam(int number, double value)
    {
        var trial = Trial(number, value);
        trial.Params = new(("optimizer", "adam"));
        return trial;
    }

    private static Run Sgd(int number, double value, double momentum)
    {
        var trial = Trial(number, value);
        trial.Params = new(("optimizer", "sgd"), ("momentum", momentum));
        return trial;
    }

    private static Scatter Points(Chart chart, string name) => chart.Traces.OfType<Scatter>().Single(t => t.Name == name);
}
