using Workbench.Components.Charts;

namespace Workbench.Components.Studies.Analysis;

/// <summary>One of the plots of a study.</summary>
/// <param name="Key">Its name in addresses and files.</param>
/// <param name="Title">Its name.</param>
/// <param name="Hint">What it is good for, in a sentence.</param>
/// <param name="Controls">What can be chosen about it.</param>
/// <param name="Changes">Differs when it has to be drawn again.</param>
/// <param name="Draw">Draws it; null while it has to wait for data. Runs on any thread.</param>
/// <param name="Wide">Whether it takes a whole row.</param>
public sealed record Plot(
    string Key,
    string Title,
    string Hint,
    PlotControls Controls,
    Func<StudyVersion, int> Changes,
    Func<StudySnapshot, PlotOptions, Chart?> Draw,
    bool Wide = false)
{
    /// <summary>Values by trial number.</summary>
    public static readonly Plot History = new(
        "history", "Optimization history", "Is the search still getting better?", PlotControls.Values,
        v => v.Finished, (s, o) => OptimizationHistory.Draw(s.Study, s.Trials, o.Values));

    /// <summary>The curves of the running, the chosen and the latest trials.</summary>
    public static readonly Plot Curves = new(
        "curves", "Metric curves", "How do chosen trials compare, epoch by epoch?", PlotControls.Metric | PlotControls.Values,
        v => v.Epochs, (s, o) => MetricCurves.Draw(o.Metric, s.Curves, o.Values.Log));

    /// <summary>All plots, in the order in which they are shown.</summary>
    public static readonly IReadOnlyList<Plot> All =
    [
        History,
        new("intermediate", "Intermediate values", "Which trials were ahead early, and where did the pruner cut?", PlotControls.Values,
            v => v.Epochs, (s, o) => s.Steps is null ? null : IntermediateValues.Draw(s.Study, s.Trials, s.Steps, o.Values)),
        new("importance", "Parameter importance", "Which parameters matter? Functional analysis of variance (fANOVA) over the whole search space.", PlotControls.None,
            v => v.Finished, (s, _) => ParameterImportance.Draw(s.Study, s.Trials)),
        new("parallel", "Parallel coordinates", "What do the best trials have in common? Drag along an axis to pick out lines.", PlotControls.Values,
            v => v.Finished, (s, o) => ParallelCoordinates.Draw(s.Study, s.Trials, o.Values), Wide: true),
        new("slice", "Slice", "Which values of a parameter do well, and did the search settle there?", PlotControls.X | PlotControls.Values,
            v => v.Finished, (s, o) => o.X is null ? NoParameters(s) : SlicePlot.Draw(s.Study, s.Trials, o.X, o.Values)),
        new("contour", "Contour", "Where is the good region of two parameters?", PlotControls.X | PlotControls.Y | PlotControls.Values,
            v => v.Finished, (s, o) => o is { X: { } x, Y: { } y } ? ContourPlot.Draw(s.Study, s.Trials, x, y, o.Values) : NoParameters(s)),
        new("rank", "Rank", "Which region of two parameters ranks best, whatever the outliers?", PlotControls.X | PlotControls.Y,
            v => v.Finished, (s, o) => o is { X: { } x, Y: { } y } ? RankPlot.Draw(s.Study, s.Trials, x, y) : NoParameters(s)),
        new("distribution", "Empirical distribution", "Which share of the trials reaches a value?", PlotControls.Values,
            v => v.Finished, (s, o) => EmpiricalDistribution.Draw(s.Study, s.Trials, o.Values)),
        Curves,
        new("timeline", "Timeline", "Which worker ran what, and when was it idle?", PlotControls.None,
            v => v.Runs, (s, _) => Timeline.Draw(s.Study, s.Trials, s.Now)),
    ];

    private static Chart NoParameters(StudySnapshot snapshot) =>
        Chart.Without($"Parameters of {snapshot.Study.Name}.", "The search space has too few parameters that vary.");
}
