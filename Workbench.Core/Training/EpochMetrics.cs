namespace Workbench.Core.Training;

/// <summary>What one pass over the training images gave.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Loss">Mean over the epoch's batches, penalties included, while the weights were changing.</param>
/// <param name="Accuracy">Share of the training images answered correctly, 0…1, while the weights were changing.</param>
/// <param name="ValLoss">Mean over the validation images after the epoch, penalties included; null without such images.</param>
/// <param name="ValAccuracy">Share of the validation images answered correctly after the epoch, 0…1; null without such images.</param>
public sealed record EpochMetrics(int Epoch, double Loss, double Accuracy, double? ValLoss, double? ValAccuracy)
{
    /// <summary>The figures by the names they are tracked by: loss, accuracy, val_loss, val_accuracy; absent ones left out.</summary>
    public IReadOnlyDictionary<string, double> ByName()
    {
        var named = new Dictionary<string, double> { ["loss"] = Loss, ["accuracy"] = Accuracy };
        if (ValLoss is { } valLoss)
            named["val_loss"] = valLoss;
        if (ValAccuracy is { } valAccuracy)
            named["val_accuracy"] = valAccuracy;
        return named;
    }
}
