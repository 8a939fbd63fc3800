using Workbench.Components.Charts;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Components.Studies;

/// <summary>Says how much of a study has changed, so that a chart is drawn again only when what it shows has.</summary>
/// <param name="Epochs">Rises with every change.</param>
/// <param name="Runs">Rises when a trial begins or ends, or the study changes.</param>
/// <param name="Finished">How many trials have finished.</param>
public readonly record struct StudyVersion(int Epochs, int Runs, int Finished);

/// <summary>A study at one moment, never to change: charts are drawn from it on another thread than the page's.</summary>
/// <param name="Study">The study.</param>
/// <param name="Trials">All trials, by number.</param>
/// <param name="Steps">The objective by epoch, of each run; null until that was asked for and read.</param>
/// <param name="Curves">The curves of running, chosen and recent trials.</param>
/// <param name="Version">How much had changed.</param>
/// <param name="Now">The moment.</param>
public sealed record StudySnapshot(
    Study Study,
    IReadOnlyList<Run> Trials,
    IReadOnlyDictionary<long, IReadOnlyList<StepValue>>? Steps,
    IReadOnlyList<Curve> Curves,
    StudyVersion Version,
    DateTimeOffset Now);
