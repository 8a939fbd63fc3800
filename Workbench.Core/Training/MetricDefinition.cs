using Workbench.Core.Search;

namespace Workbench.Core.Training;

/// <summary>A figure that a pipeline reports.</summary>
/// <param name="Name">The name that it is tracked by, for example <c>val_accuracy</c>.</param>
/// <param name="Description">What it measures, for a reader who does not know the name.</param>
/// <param name="Direction">Whether more of it is better, or less.</param>
/// <param name="Beside">The metric whose chart it shares, for a figure in validation the same figure in training; null for a chart of its own.</param>
public sealed record MetricDefinition(string Name, string Description, Direction Direction, string? Beside = null)
{
    /// <summary>What pipelines that train classifiers report: loss and accuracy, in training and in validation.</summary>
    public static class Classification
    {
        /// <summary>Mean over the step's batches, penalties included, while the weights were changing.</summary>
        public static readonly MetricDefinition Loss = new("loss", "Mean loss in training", Direction.Minimize);

        /// <summary>Share of right answers in training, 0…1, while the weights were changing.</summary>
        public static readonly MetricDefinition Accuracy = new("accuracy", "Share of right answers in training", Direction.Maximize);

        /// <summary>Mean over what is for validation, after the step, penalties included.</summary>
        public static readonly MetricDefinition ValLoss = new("val_loss", "Mean loss in validation", Direction.Minimize, Loss.Name);

        /// <summary>Share of right answers in validation, 0…1, after the step.</summary>
        public static readonly MetricDefinition ValAccuracy = new("val_accuracy", "Share of right answers in validation", Direction.Maximize, Accuracy.Name);

        /// <summary>All of them.</summary>
        public static readonly IReadOnlyList<MetricDefinition> All = [Loss, Accuracy, ValLoss, ValAccuracy];
    }
}
