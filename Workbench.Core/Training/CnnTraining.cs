using TorchSharp;
using TorchSharp.Modules;
using Workbench.Core.Datasets;
using Workbench.Core.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Workbench.Core.Training;

/// <summary>The training of a convolutional network with a softmax layer by AdamW (Loshchilov and Hutter, 2019).</summary>
internal sealed class CnnTraining : TrainingRun
{
    private const int ImagesAtOnce = 512;

    private readonly Dataset _dataset;
    private readonly PreparedPictures _pictures;
    private readonly ConvolutionPlan _plan;
    private readonly TrainableConvolutions _network;
    private readonly Parameter _output, _outputBias;
    private readonly AdamW _optimizer;
    private readonly int _batchSize;
    private readonly Scalar _dropped, _kept;
    private readonly bool _dropsOut;

    /// <summary>Prepares the training; nothing is trained yet.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="pictures">Its dataset, prepared.</param>
    /// <param name="channelsOfPictures">1 or 3.</param>
    /// <exception cref="TrainingException">A parameter makes no sense.</exception>
    public CnnTraining(TrainingRequest request, PreparedPictures pictures, int channelsOfPictures) : base(request)
    {
        var parameters = request.Params;
        var channels = parameters.Int("channels");
        (_dataset, _pictures) = (request.Dataset, pictures);
        _batchSize = parameters.Int("batch_size");
        var dropout = parameters.Double("dropout");
        if (channels < 1 || _batchSize < 2 || dropout is not (>= 0 and < 1))
            throw new TrainingException("Channels have to be at least 1, the batch size at least 2, and dropout from 0 to below 1.");
        _dropsOut = dropout > 0;
        _dropped = dropout;
        _kept = 1 - dropout;
        _plan = new ConvolutionPlan($"{channels}|{2 * channels}|{4 * channels}", channelsOfPictures);
        _network = new TrainableConvolutions(_plan, Generator);
        var (classes, features) = (_dataset.Classes.Count, _plan.Features);
        _output = new Parameter(empty(classes, features).normal_(0, 1 / Math.Sqrt(features), Generator));
        _outputBias = new Parameter(zeros(classes));
        _optimizer = new AdamW([.. _network.Parameters, _output, _outputBias], parameters.Double("weight_decay"));
    }

    /// <summary>The network's weights, as <see cref="NetworkWeights"/> names them.</summary>
    public Safetensors Weights() => new(
        new Dictionary<string, Safetensors.Values>(_network.Fold())
        {
            [NetworkWeights.Output] = _output.ToValues(),
            [NetworkWeights.OutputBias] = _outputBias.ToValues(),
        },
        new Dictionary<string, string> { [NetworkWeights.Plan] = _plan.ToString() });

    /// <inheritdoc />
    public override void Dispose()
    {
        _optimizer.Dispose();
        _dropped.Dispose();
        _kept.Dispose();
        _output.Dispose();
        _outputBias.Dispose();
        _network.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override (double Loss, double Accuracy) TrainEpoch(int epoch, CancellationToken ct)
    {
        var order = Shuffled();
        var count = order.shape[0];
        var logits = empty(count, _dataset.Classes.Count);
        for (long first = 0; first < count; first += _batchSize)
        {
            ct.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var size = Math.Min(_batchSize, count - first);
            var images = order.narrow(0, first, size);
            var features = _network.Forward(_pictures.Gather(images));
            if (_dropsOut)
                features = features.mul(rand(features.shape, generator: Generator).ge(_dropped)).div(_kept);
            var answers = linear(features, _output, _outputBias);
            var loss = cross_entropy(answers, Labels.index_select(0, images));
            _optimizer.ZeroGradients();
            loss.backward();
            _optimizer.Step(StepSize(epoch, (double)first / count));
            logits.narrow(0, first, size).copy_(answers.detach());
        }
        return Judge(logits, Labels.index_select(0, order));
    }

    /// <inheritdoc />
    protected override Tensor Logits(Tensor images, CancellationToken ct)
    {
        using var network = new Convolutions(_plan, _network.Fold());
        using var inference = inference_mode();
        var count = images.shape[0];
        var logits = empty(count, _dataset.Classes.Count);
        for (long first = 0; first < count; first += ImagesAtOnce)
        {
            ct.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var size = Math.Min(ImagesAtOnce, count - first);
            var features = network.Forward(_pictures.Gather(images.narrow(0, first, size)));
            logits.narrow(0, first, size).copy_(linear(features, _output, _outputBias));
        }
        return logits;
    }
}
