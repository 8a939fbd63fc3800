using Workbench.Core.Models;

namespace Workbench.Core.Serving;

/// <summary>A network with the encoder before it, if it has one. Encoders are shared by all models that were trained on their features.</summary>
internal sealed class ServedNetwork(OnnxModel? encoder, OnnxModel model)
{
    /// <summary>How many numbers an image has.</summary>
    public int InputSize => (encoder ?? model).InputSize;

    /// <summary>The probabilities of a batch of images, on the calling thread.</summary>
    public float[] Run(float[] images, int count) => model.Run(encoder is null ? images : encoder.Run(images, count), count);
}
