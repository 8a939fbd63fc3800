using Workbench.Core.Datasets;
using Workbench.Core.Search;

namespace Workbench.Core.Training;

/// <summary>One training: the same request gives the same metrics on the same machine.</summary>
/// <param name="Dataset">The images.</param>
/// <param name="Split">Which of them are trained on; null trains on all, without validation.</param>
/// <param name="Params">A value for each parameter of the pipeline's search space.</param>
/// <param name="Seed">Decides the initial weights, the order of the images and what drops out.</param>
/// <param name="Threads">Most threads for one tensor operation, at least 1. Trials that run side by side share out the cores.</param>
public sealed record TrainingRequest(Dataset Dataset, Split? Split, ParameterSet Params, int Seed, int Threads)
{
    /// <summary>The name of the encoder to train on; null for the one that the pipeline proposes, or none.</summary>
    public string? Encoder { get; init; }

    /// <summary>
    /// Told what is done, such as "computing features", and the share done, 0…1, while something is prepared that later trainings find ready.
    /// Called on the threads that do the work, which may serve another training that waits for the same; not called when all is ready.
    /// </summary>
    public IProgress<(string Doing, double Share)>? Preparation { get; init; }

    /// <summary>Passes on to <see cref="Preparation"/> how far something is; null when that is null.</summary>
    /// <param name="doing">What is done.</param>
    internal IProgress<double>? Preparing(string doing) => Preparation is { } all ? new Part(all, doing) : null;

    /// <summary>
    /// Asked at the end, with the last step, whether the answers to what was not trained on are wanted; null for never. With a split only.
    /// </summary>
    public Func<StepMetrics, bool>? WantsHeldOut { get; init; }

    private sealed class Part(IProgress<(string Doing, double Share)> all, string doing) : IProgress<double>
    {
        public void Report(double value) => all.Report((doing, value));
    }
}
