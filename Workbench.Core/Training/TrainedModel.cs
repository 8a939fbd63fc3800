using System.Security.Cryptography;
using Workbench.Core.Datasets;

namespace Workbench.Core.Training;

/// <summary>The outcome of a training.</summary>
public sealed class TrainedModel : IDisposable
{
    /// <summary>The metrics of the last epoch.</summary>
    public EpochMetrics Metrics => throw new NotImplementedException();

    /// <summary>All weights in one safetensors file, which is all that <see cref="InferenceModel"/> needs besides the manifest.</summary>
    public byte[] ToSafetensors() => throw new NotImplementedException();

    /// <summary>The manifest that goes with a weights' file.</summary>
    /// <param name="safetensors">What <see cref="ToSafetensors"/> returned.</param>
    /// <param name="createdAt">When the model was made.</param>
    public ModelManifest Describe(ReadOnlySpan<byte> safetensors, DateTimeOffset createdAt) => throw new NotImplementedException();

    /// <summary>Frees the weights.</summary>
    public void Dispose() => throw new NotImplementedException();
}
