using System.Security.Cryptography;
using Workbench.Core.Datasets;
using Workbench.Core.Models;

namespace Workbench.Core.Training;

/// <summary>The outcome of a training. Holds copies of the weights in managed memory: nothing to free.</summary>
public sealed class TrainedModel
{
    private readonly string _pipeline;
    private readonly TrainingRequest _request;
    private readonly string? _backboneHash;
    private readonly Safetensors _weights;

    internal TrainedModel(string pipeline, TrainingRequest request, string? backboneHash, StepMetrics metrics, Safetensors weights) =>
        (_pipeline, _request, _backboneHash, Metrics, _weights) = (pipeline, request, backboneHash, metrics, weights);

    /// <summary>The metrics of the last step.</summary>
    public StepMetrics Metrics { get; }

    /// <summary>All weights in one safetensors file, which is all that <see cref="InferenceModel"/> needs besides the manifest.</summary>
    public byte[] ToSafetensors() => _weights.ToBytes();

    /// <summary>The manifest that goes with a weights' file.</summary>
    /// <param name="safetensors">What <see cref="ToSafetensors"/> returned.</param>
    /// <param name="createdAt">When the model was made.</param>
    public ModelManifest Describe(ReadOnlySpan<byte> safetensors, DateTimeOffset createdAt) => new()
    {
        Pipeline = _pipeline,
        Params = _request.Params,
        Seed = _request.Seed,
        BackboneHash = _backboneHash,
        Dataset = _request.Dataset.Name,
        DataHash = _request.Dataset.Fingerprint,
        Classes = _request.Dataset.Classes,
        ImageSize = MnistFrame.Side,
        Metrics = Metrics.Values,
        WeightsSha256 = Convert.ToHexStringLower(SHA256.HashData(safetensors)),
        CreatedAt = createdAt,
    };
}
