using Workbench.Core.Datasets;
using Workbench.Core.Encoders;
using Workbench.Core.Evaluation;
using Workbench.Core.Models;
using Workbench.Core.Preparations;

namespace Workbench.Core.Training;

/// <summary>The outcome of a training. Holds copies of the weights in managed memory: nothing to free.</summary>
public sealed class TrainedModel
{
    private readonly string _pipeline;
    private readonly TrainingRequest _request;
    private readonly Preparation _preparation;
    private readonly Safetensors _weights;
    private readonly Encoder? _encoder;
    private readonly Answers _answers;

    /// <summary>Describes an outcome.</summary>
    /// <param name="pipeline">The pipeline's name.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="preparation">How the pictures were prepared.</param>
    /// <param name="metrics">Of the last step.</param>
    /// <param name="weights">A head, after convolutions or an encoder; named as <see cref="NetworkWeights"/> says.</param>
    /// <param name="answers">What the network answers in the training framework.</param>
    /// <param name="encoder">The encoder before the head; null when the weights have convolutions.</param>
    internal TrainedModel(
        string pipeline, TrainingRequest request, Preparation preparation, StepMetrics metrics, Safetensors weights, Answers answers, Encoder? encoder = null) =>
        (_pipeline, _request, _preparation, Metrics, _weights, _answers, _encoder) = (pipeline, request, preparation, metrics, weights, answers, encoder);

    /// <summary>The metrics of the last step.</summary>
    public StepMetrics Metrics { get; }

    /// <summary>The answers to what was not trained on; null unless they were wanted.</summary>
    public HeldOut? HeldOut { get; init; }

    /// <summary>The weights: a head, after convolutions or an encoder.</summary>
    internal Safetensors Weights => _weights;

    /// <summary>The probabilities that the training framework gives for some pictures, one after the other: held-out ones, if there are any.</summary>
    public float[] Answers => _answers.Probabilities;

    /// <summary>The prepared pictures that go with <see cref="Answers"/>.</summary>
    public float[] Examples
    {
        get
        {
            var examples = new float[_answers.Pictures.Length * _preparation.Size];
            foreach (var (at, picture) in _answers.Pictures.Index())
            {
                _preparation.Prepare(_request.Dataset, picture, examples.AsSpan(at * _preparation.Size, _preparation.Size));
            }
            return examples;
        }
    }

    /// <summary>The model in the form in which it is stored and served.</summary>
    /// <param name="createdAt">When it was made.</param>
    public ModelPackage Package(DateTimeOffset createdAt)
    {
        var (shape, dataset) = (_preparation.Shape, _request.Dataset);
        var manifest = new ModelManifest
        {
            Pipeline = _pipeline,
            Params = _request.Params,
            Seed = _request.Seed,
            Dataset = new(dataset.Name, dataset.Version, dataset.Fingerprint),
            Encoder = _encoder is null ? null : new(_encoder.Name, _encoder.Hash),
            Classes = dataset.Classes,
            Input = new(shape.Channels, shape.Height, shape.Width, _preparation.Settings),
            Metrics = Metrics.Values,
            CreatedAt = createdAt,
        };
        var graph = _encoder is null
            ? new OnnxGraph(NetworkWeights.Image, shape.Channels, shape.Height, shape.Width).AddConvolutions(_weights)
            : new OnnxGraph(NetworkWeights.Features, _encoder.Features);
        return ModelPackage.Create(manifest, graph.AddHead(_weights, dataset.Classes.Count).ToBytes(NetworkWeights.Probabilities));
    }
}

/// <summary>What a network answers in the training framework.</summary>
/// <param name="Pictures">Indices of some pictures of the dataset.</param>
/// <param name="Probabilities">Of the classes, picture after picture.</param>
internal sealed record Answers(int[] Pictures, float[] Probabilities);
