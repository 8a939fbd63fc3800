using Workbench.Core.Search;

namespace Workbench.Core.Training;

/// <summary>A way from parameters to a trained model. Safe for use by several threads at once.</summary>
public abstract class Pipeline
{
    /// <summary>The name users know it by, for example <c>transfer</c>.</summary>
    public abstract string Name { get; }

    /// <summary>One line for the launch dialog.</summary>
    public abstract string Description { get; }

    /// <summary>The search space of a study that brings none of its own.</summary>
    public abstract SearchSpace Space { get; }

    /// <summary>The metric studies optimize, one of <see cref="EpochMetrics.ByName"/>.</summary>
    public virtual string Metric => "val_accuracy";

    /// <summary>Whether more of <see cref="Metric"/> is better, or less.</summary>
    public virtual Direction Direction => Direction.Maximize;

    /// <summary>The pruner of a study that names none: none where trials are short.</summary>
    public virtual PrunerSettings Pruner => new NoPrunerSettings();

    /// <summary>Trains a model, synchronously, on the caller's thread.</summary>
    /// <param name="request">Data, parameters, seed, threads.</param>
    /// <param name="onEpoch">Told the metrics of each epoch as it ends; false ends the training there, with the model as it is.</param>
    /// <param name="ct">Looked at before every batch.</param>
    /// <exception cref="TrainingException">The loss is no longer a number, or the parameters make no sense.</exception>
    /// <exception cref="SearchException">A parameter is missing or of the wrong kind.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public abstract TrainedModel Train(TrainingRequest request, Func<EpochMetrics, bool> onEpoch, CancellationToken ct);
}
