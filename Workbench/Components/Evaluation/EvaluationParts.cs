using Workbench.Components.Data;
using Workbench.Core.Tracking;

namespace Workbench.Components.Evaluation;

/// <summary>What evaluations say of the pictures that they are of.</summary>
internal static class EvaluationParts
{
    /// <summary>The pictures that the search was judged on.</summary>
    public const string Validation = "Validation";

    /// <summary>The dataset's own test part.</summary>
    public const string Test = "Test";

    /// <summary>What the test part is.</summary>
    public const string OfTest = "The dataset's own test part, which the search does not see: what to expect of new pictures.";

    /// <summary>What the validation part is.</summary>
    public const string OfValidation = "What was held back from training; the search chose by it, so new pictures may fare a little worse.";

    /// <summary>Where the thumbnail of a picture of a study's dataset is, relative to the workbench's own address.</summary>
    public static string Thumbnail(Study study, int item) => study is { DatasetVersion: { } version, DatasetFingerprint: { } fingerprint }
        ? DatasetPage.Thumbnail(study.Dataset!, version, fingerprint, item)
        : $"api/datasets/{Uri.EscapeDataString(study.Dataset!)}/items/{item}/thumbnail";
}
