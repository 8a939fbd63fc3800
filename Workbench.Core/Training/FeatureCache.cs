namespace Workbench.Core.Training;

/// <summary>The features of whole data sets, computed once, kept in memory for all trainings and on disk for the next start.</summary>
/// <param name="folder">Where files are kept; created when missing.</param>
public sealed class FeatureCache(string folder) : IDisposable
{
    /// <summary>Frees the features held in memory. No training may be under way.</summary>
    public void Dispose() => throw new NotImplementedException(folder);
}
