namespace Workbench.Core.Training;

/// <summary>A trained model, ready to answer. Safe for use by several threads at once.</summary>
public sealed class InferenceModel : IDisposable
{
    /// <summary>What the model is.</summary>
    public ModelManifest Manifest => throw new NotImplementedException();

    /// <summary>Takes a model from its two files.</summary>
    /// <param name="manifest">What it is.</param>
    /// <param name="safetensors">Its weights; not needed after the call.</param>
    /// <exception cref="TrainingException">The weights are not those of the manifest, or not those of a model we know.</exception>
    public static InferenceModel Load(ModelManifest manifest, ReadOnlyMemory<byte> safetensors) => throw new NotImplementedException();

    /// <summary>The probability of each class, in the order of the manifest's classes; they sum to 1. Takes less than a millisecond.</summary>
    /// <param name="image">28×28 bytes, row by row, 0 = background, 255 = ink.</param>
    /// <exception cref="ArgumentException">The image has another size.</exception>
    public float[] Predict(ReadOnlySpan<byte> image) => throw new NotImplementedException();

    /// <summary>Frees the weights. No prediction may be under way.</summary>
    public void Dispose() => throw new NotImplementedException();
}
