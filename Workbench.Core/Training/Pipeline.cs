using System.Data.Common;
using System.Runtime.InteropServices;
using Workbench.Core.Datasets;
using Workbench.Core.Search;

namespace Workbench.Core.Training;

/// <summary>A way from parameters to a trained model. Safe for use by several threads at once.</summary>
public abstract class Pipeline
{
    /// <summary>The name users know it by, for example <c>transfer</c>.</summary>
    public abstract string Name { get; }

    /// <summary>One line for the launch dialog.</summary>
    public abstract string Description { get; }

    /// <summary>The parameters it reads: those that a search space has to have, if they are not optional, and no others.</summary>
    public abstract IReadOnlyList<PipelineParameter> Parameters { get; }

    /// <summary>Says why it can't learn from a dataset, in a sentence; null when it can.</summary>
    public abstract string? Refusal(DatasetSchema schema);

    /// <summary>The search space of a study that brings none of its own.</summary>
    public abstract SearchSpace Space(DatasetSchema schema);

    /// <summary>The names of the encoders that it can train on; none for a pipeline without.</summary>
    public virtual IReadOnlyList<string> Encoders => [];

    /// <summary>The encoder of a study that names none; null for a pipeline without.</summary>
    public virtual string? EncoderFor(DatasetSchema schema) => null;

    /// <summary>The figures it reports at each step.</summary>
    public abstract IReadOnlyList<MetricDefinition> Metrics { get; }

    /// <summary>The one of <see cref="Metrics"/> that studies optimize.</summary>
    public abstract MetricDefinition Objective { get; }

    /// <summary>The pruner of a study that names none: none where trials are short.</summary>
    public virtual PrunerSettings Pruner => new NoPrunerSettings();

    /// <summary>Says why this pipeline cannot use a search space.</summary>
    /// <returns>The parameters at fault, each with a sentence that begins with its name.</returns>
    public IEnumerable<(string Parameter, string Message)> Faults(SearchSpace space)
    {
        foreach (var parameter in space)
        {
            if (Parameters.FirstOrDefault(p => p.Name == parameter.Name) is not { } own)
            {
                yield return (parameter.Name, $"{parameter.Name}: the pipeline '{Name}' does not read it; it reads {Names}.");
            }
            else if (own.Fault(parameter) is { } fault)
            {
                yield return (parameter.Name, $"{parameter.Name}: {fault}");
            }
        }
        foreach (var missing in Parameters.Where(p => !p.IsOptional && space.Find(p.Name) is null))
        {
            yield return (missing.Name, $"{missing.Name}: missing; the pipeline '{Name}' needs {string.Join(", ", Parameters.Where(parameter => !parameter.IsOptional).Select(parameter => parameter.Name))}.");
        }
    }

    private string Names => string.Join(", ", Parameters.Select(parameter => parameter.Name));

    /// <summary>Trains a model, synchronously, on the caller's thread.</summary>
    /// <param name="request">Data, parameters, seed, threads.</param>
    /// <param name="onStep">Told the metrics of each step as it ends; false ends the training there, with the model as it is.</param>
    /// <param name="ct">Looked at before every batch.</param>
    /// <exception cref="TrainingException">The loss is no longer a number, or the parameters make no sense.</exception>
    /// <exception cref="SearchException">A parameter is missing or of the wrong kind.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TrainedModel Train(TrainingRequest request, Func<StepMetrics, bool> onStep, CancellationToken ct)
    {
        try
        {
            return Run(request, onStep, ct);
        }
        // Those of a database are of that type, too: what the receiver of a step throws is no fault of the training.
        catch (ExternalException failure) when (failure is not DbException)
        {
            throw new TrainingException(FirstSentence(failure.Message), failure);
        }
    }

    /// <summary>As <see cref="Train"/>; faults of libtorch may pass through as they are.</summary>
    protected abstract TrainedModel Run(TrainingRequest request, Func<StepMetrics, bool> onStep, CancellationToken ct);

    // What libtorch says goes on with where in its C++ it was raised, frame by frame.
    private static string FirstSentence(string message)
    {
        var line = message.Split('\n')[0].Trim();
        return line.IndexOf(". ", StringComparison.Ordinal) is >= 0 and var end ? line[..(end + 1)] : line;
    }
}
