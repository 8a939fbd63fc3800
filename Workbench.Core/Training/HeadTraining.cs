using TorchSharp;
using Workbench.Core.Datasets;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Workbench.Core.Training;

/// <summary>The training of a dense head on features. To be used on one thread, without gradients, within a dispose scope.</summary>
internal sealed class HeadTraining : IDisposable
{
    private const int BatchSize = 128;
    private const int ImagesAtOnce = 2048;

    private readonly DenseHead _head;
    private readonly Generator _generator;
    private readonly double _learningRate;
    private readonly int _epochs;
    private readonly float[] _mean, _deviation;
    private readonly Tensor _features, _labels, _targets, _train, _shift, _scale;
    private readonly Tensor? _validation;

    /// <summary>Prepares the training; nothing is trained yet.</summary>
    public HeadTraining(TrainingRequest request, Features features)
    {
        var dataset = request.Dataset;
        var parameters = request.Params;
        _learningRate = parameters.Double("learning_rate");
        _epochs = parameters.Int("epochs");
        _generator = new Generator((ulong)request.Seed, CPU);
        _features = features.Values;
        _head = new DenseHead((int)_features.shape[1], parameters.Int("num_hidden"), dataset.Classes.Count,
            parameters.Double("l1"), parameters.Double("l2"), _generator);
        (_mean, _deviation) = features.Statistics(request.Split);
        _shift = tensor(_mean);
        _scale = tensor(_deviation).reciprocal_();
        _labels = tensor(Array.ConvertAll(dataset.Labels, label => (long)label));
        _targets = one_hot(_labels, dataset.Classes.Count).to_type(ScalarType.Float32);
        _train = request.Split is { } split ? tensor(Array.ConvertAll(split.Train, image => (long)image)) : arange(dataset.Count, ScalarType.Int64);
        _validation = request.Split is null ? null : tensor(Array.ConvertAll(request.Split.Validation, image => (long)image));
    }

    /// <summary>Trains until the epochs are over or somebody has had enough.</summary>
    /// <returns>The metrics of the last epoch.</returns>
    public EpochMetrics Run(Func<EpochMetrics, bool> onEpoch, CancellationToken ct)
    {
        for (var epoch = 1; ; epoch++)
        {
            using var scope = NewDisposeScope();
            var (loss, accuracy) = TrainEpoch(ct);
            var validated = _validation is null ? default((double Loss, double Accuracy)?) : Validate(_validation, ct);
            var penalty = _head.Penalty();
            if (!double.IsFinite(loss + penalty))
                throw TrainingException.Diverged(epoch, _learningRate);
            var metrics = new EpochMetrics(epoch, loss + penalty, accuracy, validated?.Loss + penalty, validated?.Accuracy);
            if (!onEpoch(metrics) || epoch >= _epochs)
                return metrics;
        }
    }

    /// <summary>Backbone, statistics and head, as <see cref="InferenceModel"/> reads them.</summary>
    public Safetensors Weights(Backbone backbone) => new(
        new Dictionary<string, Safetensors.Values>(backbone.Tensors)
        {
            [InferenceModel.Mean] = new([_mean.Length], _mean),
            [InferenceModel.Deviation] = new([_deviation.Length], _deviation),
            [InferenceModel.Hidden] = _head.Hidden.ToValues(),
            [InferenceModel.HiddenBias] = _head.HiddenBias.ToValues(),
            [InferenceModel.Output] = _head.Output.ToValues(),
            [InferenceModel.OutputBias] = _head.OutputBias.ToValues(),
        },
        new Dictionary<string, string> { [Backbone.PlanEntry] = backbone.Convolutions.Plan.ToString() });

    /// <inheritdoc />
    public void Dispose()
    {
        _head.Dispose();
        _generator.Dispose();
    }

    private (double Loss, double Accuracy) TrainEpoch(CancellationToken ct)
    {
        var count = _train.shape[0];
        var order = _train.index_select(0, randperm(count, generator: _generator));
        var logits = empty(count, _targets.shape[1]);
        for (long first = 0; first < count; first += BatchSize)
        {
            ct.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var size = Math.Min(BatchSize, count - first);
            var batch = order.narrow(0, first, size);
            var features = _features.index_select(0, batch).sub_(_shift).mul_(_scale);
            // Loss and accuracy of all batches are worked out in one go after the last.
            logits.narrow(0, first, size).copy_(_head.Step(features, _targets.index_select(0, batch), _learningRate));
        }
        return Judge(logits, _labels.index_select(0, order));
    }

    private (double Loss, double Accuracy) Validate(Tensor images, CancellationToken ct)
    {
        var count = images.shape[0];
        var logits = empty(count, _targets.shape[1]);
        for (long first = 0; first < count; first += ImagesAtOnce)
        {
            ct.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var size = Math.Min(ImagesAtOnce, count - first);
            var features = _features.index_select(0, images.narrow(0, first, size)).sub_(_shift).mul_(_scale);
            logits.narrow(0, first, size).copy_(_head.Logits(features));
        }
        return Judge(logits, _labels.index_select(0, images));
    }

    private static (double Loss, double Accuracy) Judge(Tensor logits, Tensor labels) =>
        (cross_entropy(logits, labels).item<float>(), logits.argmax(1).eq(labels).sum().item<long>() / (double)labels.shape[0]);
}
