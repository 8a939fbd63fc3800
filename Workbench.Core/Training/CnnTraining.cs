using TorchSharp;
using TorchSharp.Modules;
using Workbench.Core.Datasets;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Workbench.Core.Training;

/// <summary>The training of a convolutional network with a softmax layer by AdamW (Loshchilov and Hutter, 2019).</summary>
internal sealed class CnnTraining : TrainingRun
{
    private const int ImagesAtOnce = 512;

    private readonly Dataset _dataset;
    private readonly ConvolutionPlan _plan;
    private readonly TrainableConvolutions _network;
    private readonly Parameter _output, _outputBias;
    private readonly optim.Optimizer _optimizer;
    private readonly int _batchSize;
    private readonly double _dropout;

    /// <summary>Prepares the training; nothing is trained yet.</summary>
    /// <exception cref="TrainingException">A parameter makes no sense.</exception>
    public CnnTraining(TrainingRequest request) : base(request)
    {
        var parameters = request.Params;
        var channels = parameters.Int("channels");
        _dataset = request.Dataset;
        _batchSize = parameters.Int("batch_size");
        _dropout = parameters.Double("dropout");
        if (channels < 1 || _batchSize < 2 || _dropout is not (>= 0 and < 1))
            throw new TrainingException("Channels have to be at least 1, the batch size at least 2, and dropout from 0 to below 1.");
        _plan = new ConvolutionPlan($"{channels}|{2 * channels}|{4 * channels}");
        _network = new TrainableConvolutions(_plan, Generator);
        var (classes, features) = (_dataset.Classes.Count, _plan.Features);
        _output = new Parameter(empty(classes, features).normal_(0, 1 / Math.Sqrt(features), Generator));
        _outputBias = new Parameter(zeros(classes));
        _optimizer = optim.AdamW([.. _network.Parameters, _output, _outputBias], weight_decay: parameters.Double("weight_decay"));
    }

    /// <summary>The network's weights, as <see cref="InferenceModel"/> reads them.</summary>
    public Safetensors Weights() => new(
        new Dictionary<string, Safetensors.Values>(_network.Fold())
        {
            [InferenceModel.Output] = _output.ToValues(),
            [InferenceModel.OutputBias] = _outputBias.ToValues(),
        },
        new Dictionary<string, string> { [Backbone.PlanEntry] = _plan.ToString() });

    /// <inheritdoc />
    public override void Dispose()
    {
        _optimizer.Dispose();
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
            var features = _network.Forward(ImageBatch.Gather(_dataset, images));
            if (_dropout > 0)
                features = features * rand(features.shape, generator: Generator).ge(_dropout) / (1 - _dropout);
            var answers = linear(features, _output, _outputBias);
            var loss = cross_entropy(answers, Labels.index_select(0, images));
            foreach (var group in _optimizer.ParamGroups)
                group.LearningRate = StepSize(epoch, (double)first / count);
            _optimizer.zero_grad();
            loss.backward();
            _optimizer.step();
            logits.narrow(0, first, size).copy_(answers.detach());
        }
        return Judge(logits, Labels.index_select(0, order));
    }

    /// <inheritdoc />
    protected override (double Loss, double Accuracy) Validate(Tensor images, CancellationToken ct)
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
            var features = network.Forward(ImageBatch.Gather(_dataset, images.narrow(0, first, size)));
            logits.narrow(0, first, size).copy_(linear(features, _output, _outputBias));
        }
        return Judge(logits, Labels.index_select(0, images));
    }
}
