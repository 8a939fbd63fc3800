using TorchSharp;
using Workbench.Core.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Workbench.Core.Training;

/// <summary>Features of mirrored pictures, to be shown in place of the pictures' own.</summary>
/// <param name="Features">Mirrored pictures × features.</param>
/// <param name="Indices">Which picture each row is of.</param>
/// <param name="Share">The share of the pictures of a batch that are shown mirrored, 0…1.</param>
internal sealed record Mirrored(Features Features, int[] Indices, double Share);

/// <summary>The training of a dense head on features. To be used without gradients: the head has its own.</summary>
internal sealed class HeadTraining : TrainingRun
{
    private const int LargestBatch = 128;
    private const int SmallestBatch = 16;
    private const int StepsAnEpoch = 32;

    private const int ImagesAtOnce = 2048;

    private readonly int _batchSize;
    private readonly DenseHead _head;
    private readonly float[] _mean, _deviation;
    private readonly Tensor _features, _targets, _shift, _scale;
    private readonly Tensor? _mirrored, _mirroredRows;
    private readonly Scalar _mirroredShare, _none = -1, _zero = 0;

    /// <summary>Prepares the training; nothing is trained yet.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="features">Of all pictures of its dataset.</param>
    /// <param name="mirrored">Of pictures that are shown mirrored now and then; null for none.</param>
    public HeadTraining(TrainingRequest request, Features features, Mirrored? mirrored = null) : base(request)
    {
        _mirroredShare = mirrored?.Share ?? 0;
        if (mirrored is not null)
        {
            var rows = Enumerable.Repeat(-1L, request.Dataset.Count).ToArray();
            foreach (var (row, picture) in mirrored.Indices.Index())
            {
                rows[picture] = row;
            }
            (_mirrored, _mirroredRows) = (mirrored.Features.Values, tensor(rows));
        }
        var (parameters, classes) = (request.Params, request.Dataset.Classes.Count);
        _features = features.Values;
        // Of few pictures smaller batches are taken, or an epoch would be a handful of steps.
        _batchSize = (int)Math.Clamp(Train.shape[0] / StepsAnEpoch, SmallestBatch, LargestBatch);
        // The penalties stand beside the cross-entropy of a whole batch, not of its mean image.
        _head = new DenseHead((int)_features.shape[1], parameters.Int("num_hidden"), classes,
            parameters.Double("l1") / _batchSize, parameters.Double("l2") / _batchSize, Generator);
        (_mean, _deviation) = features.Statistics(request.Split);
        _shift = tensor(_mean);
        _scale = tensor(_deviation).reciprocal_();
        _targets = one_hot(Labels, classes).to_type(ScalarType.Float32);
    }

    /// <summary>Statistics and head, as <see cref="NetworkWeights"/> names them.</summary>
    public Safetensors Weights() => new(
        new Dictionary<string, Safetensors.Values>
        {
            [NetworkWeights.Mean] = new([_mean.Length], _mean),
            [NetworkWeights.Deviation] = new([_deviation.Length], _deviation),
            [NetworkWeights.Hidden] = _head.Hidden.ToValues(),
            [NetworkWeights.HiddenBias] = _head.HiddenBias.ToValues(),
            [NetworkWeights.Output] = _head.Output.ToValues(),
            [NetworkWeights.OutputBias] = _head.OutputBias.ToValues(),
        },
        new Dictionary<string, string>());

    /// <inheritdoc />
    public override void Dispose()
    {
        _head.Dispose();
        _mirroredShare.Dispose();
        _none.Dispose();
        _zero.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override double Penalty() => _head.Penalty();

    /// <inheritdoc />
    protected override (double Loss, double Accuracy) TrainEpoch(int epoch, CancellationToken ct)
    {
        var order = Shuffled();
        var count = order.shape[0];
        var logits = empty(count, _targets.shape[1]);
        for (long first = 0; first < count; first += _batchSize)
        {
            ct.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var size = Math.Min(_batchSize, count - first);
            var batch = order.narrow(0, first, size);
            var before = _head.Step(Shown(batch), _targets.index_select(0, batch), StepSize(epoch, (double)first / count));
            // Loss and accuracy of all batches are worked out in one go after the last.
            logits.narrow(0, first, size).copy_(before);
        }
        return Judge(logits, Labels.index_select(0, order));
    }

    /// <inheritdoc />
    protected override Tensor Logits(Tensor images, CancellationToken ct)
    {
        var count = images.shape[0];
        var logits = empty(count, _targets.shape[1]);
        for (long first = 0; first < count; first += ImagesAtOnce)
        {
            ct.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var size = Math.Min(ImagesAtOnce, count - first);
            logits.narrow(0, first, size).copy_(_head.Logits(Standardized(images.narrow(0, first, size))));
        }
        return logits;
    }

    private Tensor Standardized(Tensor images) => Standardize(_features.index_select(0, images));

    private Tensor Standardize(Tensor features) => features.sub_(_shift).mul_(_scale);

    private Tensor Shown(Tensor images)
    {
        if (_mirrored is null)
        {
            return Standardized(images);
        }
        var rows = _mirroredRows!.index_select(0, images);
        // Those that have no mirrored picture are shown as they are.
        var mirrors = rand(images.shape[0], generator: Generator).lt(_mirroredShare).logical_and_(rows.gt(_none));
        return Standardize(_mirrored.index_select(0, rows.clamp_min(_zero)).where(mirrors.unsqueeze(1), _features.index_select(0, images)));
    }
}
