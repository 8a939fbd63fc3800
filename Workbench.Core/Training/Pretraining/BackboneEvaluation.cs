using Workbench.Core.Datasets;
using Workbench.Core.Encoders;
using Workbench.Core.Preparations;
using Workbench.Core.Search;

namespace Workbench.Core.Training.Pretraining;

/// <summary>What a backbone is worth for handwriting.</summary>
internal static class BackboneEvaluation
{
    /// <summary>
    /// Validation accuracy, 0…1, of a head of 32 units, trained for 6 epochs on MNIST with the default split, without penalties.
    /// </summary>
    public static double OnMnist(GlyphEncoder encoder, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("workbench-features-");
        try
        {
            var mnist = Mnist.Load();
            var preparations = new PreparationCatalog([DigitPreparation.Kind]);
            using var cache = new FeatureCache(folder.FullName, new FeatureExtraction(preparations, null));
            var parameters = new ParameterSet(("learning_rate", 2e-3), ("l1", 0.0), ("l2", 0.0), ("num_hidden", 32), ("epochs", 6));
            var request = new TrainingRequest(mnist, SplitSettings.Default.Apply(mnist, withTest: true), parameters, Seed: 0, Environment.ProcessorCount);
            var model = new TransferPipeline(cache, new EncoderCatalog([encoder]), preparations).Train(request, _ => true, ct);
            return model.Metrics[MetricDefinition.Classification.ValAccuracy.Name];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
