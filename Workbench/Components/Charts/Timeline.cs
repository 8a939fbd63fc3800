using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.BarLib;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Components.Charts;

/// <summary>When which worker ran which trial: a bar a trial, from its start to its end.</summary>
internal static class Timeline
{
    // From the back to the front.
    private static readonly TrialState[] States = [TrialState.Complete, TrialState.Pruned, TrialState.Failed, TrialState.Stopped, TrialState.Running];

    /// <summary>Draws the timeline.</summary>
    /// <param name="study">The study.</param>
    /// <param name="trials">All trials, by number.</param>
    /// <param name="now">Where the bars of running trials end.</param>
    public static Chart Draw(Study study, IReadOnlyList<Run> trials, DateTimeOffset now)
    {
        var lanes = Lanes(TrialMarks.Thin(trials), now);
        var workers = lanes.Select(l => l.Lane).Distinct().Order(StringComparer.Ordinal).ToList();
        var description = $"Timeline of {trials.Count} trials of {study.Name}, run by {trials.Select(t => t.Worker).Distinct().Count()} workers.";
        return lanes.Count == 0
            ? Chart.Without(description, "The first trial begins as soon as a worker is free.")
            : new Chart(
                [.. States.Select(state => Bars(state, [.. lanes.Where(l => l.Trial.State == state)], now))],
                new()
                {
                    BarMode = BarModeEnum.Overlay,
                    ShowLegend = true,
                    UiRevision = study.Name,
                    XAxis = [new() { Type = Plotly.Blazor.LayoutLib.XAxisLib.TypeEnum.Date, Title = new() { Text = "Time (UTC)" } }],
                    YAxis =
                    [
                        new()
                        {
                            Type = Plotly.Blazor.LayoutLib.YAxisLib.TypeEnum.Category,
                            CategoryOrder = Plotly.Blazor.LayoutLib.YAxisLib.CategoryOrderEnum.Array,
                            CategoryArray = [.. workers.AsEnumerable().Reverse()],
                            FixedRange = true,
                        },
                    ],
                },
                description)
            {
                Table = () => new(
                    [ChartTable.Trial, "state", "worker", "started", "finished", "seconds"],
                    [.. trials.Select(IReadOnlyList<object?> (t) =>
                        [t.Number, t.State.ToString().ToLowerInvariant(), t.Worker, t.StartedAt, t.FinishedAt, ((t.FinishedAt ?? now) - t.StartedAt).TotalSeconds])]),
            };
    }

    // A worker that runs several trials at a time has a lane for each.
    private static List<(Run Trial, string Lane)> Lanes(IReadOnlyList<Run> trials, DateTimeOffset now)
    {
        var lanes = new List<(Run, string)>();
        foreach (var worker in trials.GroupBy(t => t.Worker ?? "unknown"))
        {
            var ends = new List<DateTimeOffset>();
            foreach (var trial in worker.OrderBy(t => t.StartedAt).ThenBy(t => t.Number))
            {
                var free = ends.FindIndex(end => end <= trial.StartedAt);
                if (free < 0)
                {
                    free = ends.Count;
                    ends.Add(default);
                }
                ends[free] = trial.FinishedAt ?? now;
                lanes.Add((trial, free == 0 ? worker.Key : $"{worker.Key} ({free + 1})"));
            }
        }
        return lanes;
    }

    private static Bar Bars(TrialState state, List<(Run Trial, string Lane)> bars, DateTimeOffset now) => new()
    {
        Name = state.ToString(),
        ShowLegend = bars.Count > 0,
        Orientation = OrientationEnum.H,
        BaseArray = [.. bars.Select(b => (object)Format.Iso(b.Trial.StartedAt)[..^1])],
        X = [.. bars.Select(b => (object)Math.Max(1, ((b.Trial.FinishedAt ?? now) - b.Trial.StartedAt).TotalMilliseconds))],
        Y = [.. bars.Select(b => (object)b.Lane)],
        CustomData = [.. bars.Select(b => (object)b.Trial.Number!.Value)],
        HoverTextArray = [.. bars.Select(b => Hover(b.Trial, now))],
        HoverTemplate = "%{hovertext}<extra></extra>",
        Marker = new() { Color = $"var({TrialMarks.Token(state)})", Line = new() { Color = "var(--surface)", Width = 1 } },
        Width = 0.7m,
    };

    private static string Hover(Run trial, DateTimeOffset now) =>
        $"<b>Trial {trial.Number}</b>  {(trial.Value is null ? trial.State.ToString().ToLowerInvariant() : Format.Value(trial.Value))}<br>" +
        $"{trial.Worker}<br>{(trial.FinishedAt is null ? "runs for" : "took")} {Format.Duration((trial.FinishedAt ?? now) - trial.StartedAt)}";
}
