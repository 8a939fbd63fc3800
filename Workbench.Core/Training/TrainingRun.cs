using System.Diagnostics;
using TorchSharp;
using Workbench.Core.Datasets;
using Workbench.Core.Evaluation;
using Workbench.Core.Telemetry;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;
using static Workbench.Core.Training.MetricDefinition;

namespace Workbench.Core.Training;

/// <summary>What all trainings have in common: the loop over epochs. To be used on one thread, within a dispose scope.</summary>
internal abstract class TrainingRun : IDisposable
{
    private const int MostAnswers = 64;

    private readonly TrainingRequest _request;
    private readonly double _learningRate;
    private readonly int _epochs;

    /// <summary>Prepares the training; nothing is trained yet.</summary>
    protected TrainingRun(TrainingRequest request)
    {
        _request = request;
        _learningRate = request.Params.Double("learning_rate");
        _epochs = request.Params.Int("epochs");
        Generator = new Generator((ulong)request.Seed, CPU);
        Train = (request.Split?.Train ?? [.. Enumerable.Range(0, request.Dataset.Count)]).ToIndices();
        Validation = request.Split is null ? null : request.Split.Validation.ToIndices();
        Labels = request.Dataset.Labels.ToIndices();
    }

    /// <summary>Decides everything random. Our own: the global one is shared with trainings on other threads.</summary>
    protected Generator Generator { get; }

    /// <summary>Indices of the images that are trained on.</summary>
    protected Tensor Train { get; }

    /// <summary>Indices of the images for validation, if there are any.</summary>
    protected Tensor? Validation { get; }

    /// <summary>The class of every image, 64-bit integers.</summary>
    protected Tensor Labels { get; }

    /// <summary>Trains until the epochs are over or the receiver ends it.</summary>
    /// <returns>The metrics of the last epoch.</returns>
    /// <exception cref="TrainingException">The loss is no longer a number.</exception>
    public StepMetrics Run(Func<StepMetrics, bool> onStep, CancellationToken ct)
    {
        for (var epoch = 1; ; epoch++)
        {
            using var scope = NewDisposeScope();
            using var span = Spans.Source.StartActivity("epoch")?.SetTag("workbench.epoch", epoch);
            var started = Stopwatch.GetTimestamp();
            var (loss, accuracy) = TrainEpoch(epoch, ct);
            var penalty = Penalty();
            if (!double.IsFinite(loss + penalty))
            {
                throw new TrainingException(FormattableString.Invariant(
                    $"Training diverged: the loss of epoch {epoch} is not a number. A learning rate below {_learningRate:g3} may help."));
            }
            var validated = Validation is null ? default((double Loss, double Accuracy)?) : Judge(Logits(Validation, ct), Labels.index_select(0, Validation));
            var metrics = Metrics(epoch, (loss + penalty, accuracy), (validated?.Loss + penalty, validated?.Accuracy));
            Instruments.EpochDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
            if (!onStep(metrics) || epoch >= _epochs)
                return metrics;
        }
    }

    private static StepMetrics Metrics(int epoch, (double Loss, double Accuracy) training, (double? Loss, double? Accuracy) validation)
    {
        var values = new Dictionary<string, double>
        {
            [Classification.Loss.Name] = training.Loss,
            [Classification.Accuracy.Name] = training.Accuracy,
        };
        if (validation is ({ } loss, { } accuracy))
        {
            values[Classification.ValLoss.Name] = loss;
            values[Classification.ValAccuracy.Name] = accuracy;
        }
        return new StepMetrics(epoch, values);
    }

    /// <summary>What the network answers for the first images for validation, or of all, to compare with what becomes of it elsewhere.</summary>
    public Answers Answers(CancellationToken ct)
    {
        using var scope = NewDisposeScope();
        var images = Validation ?? Train;
        images = images.narrow(0, 0, Math.Min(MostAnswers, images.shape[0]));
        return new([.. images.data<long>().Select(image => (int)image)], Logits(images, ct).softmax(1).data<float>().ToArray());
    }

    /// <summary>The answers to what was not trained on, with the weights as they are; null unless the request wants them.</summary>
    public HeldOut? HeldOut(StepMetrics last, CancellationToken ct)
    {
        if (_request.Split is not { } split || _request.WantsHeldOut?.Invoke(last) is not true)
        {
            return null;
        }
        var seen = split.Train.Concat(split.Validation).ToHashSet();
        int[] test = [.. _request.Dataset.InPart(Dataset.TestPart).Where(item => !seen.Contains(item))];
        return new(_request.Dataset.Classes, Predict(split.Validation, ct), test.Length > 0 ? Predict(test, ct) : null);
    }

    private Predictions Predict(int[] items, CancellationToken ct)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var probabilities = Logits(items.ToIndices(), ct).softmax(1);
        return Predictions.Of(items, _request.Dataset.Labels, probabilities.data<float>().ToArray(), _request.Dataset.Classes.Count);
    }

    /// <inheritdoc />
    public virtual void Dispose()
    {
        Generator.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes a step for each batch.</summary>
    /// <returns>Cross-entropy and accuracy over the batches, each before its step.</returns>
    protected abstract (double Loss, double Accuracy) TrainEpoch(int epoch, CancellationToken ct);

    /// <summary>The logits of images, as they come, with the weights as they are, images × classes.</summary>
    protected abstract Tensor Logits(Tensor images, CancellationToken ct);

    /// <summary>What is added to the cross-entropy.</summary>
    protected virtual double Penalty() => 0;

    /// <summary>The training images in an order of the epoch's own.</summary>
    protected Tensor Shuffled() => Train.index_select(0, randperm(Train.shape[0], generator: Generator));

    /// <summary>
    /// The step size at a point of the training: from the learning rate down to nothing along half a cosine (Loshchilov and Hutter,
    /// 2017). The last steps settle what large early ones left unsettled, which makes far more learning rates good ones.
    /// </summary>
    /// <param name="epoch">Counted from 1.</param>
    /// <param name="share">Share of the epoch that is done.</param>
    protected double StepSize(int epoch, double share) => _learningRate * (1 + Math.Cos(Math.PI * (epoch - 1 + share) / _epochs)) / 2;

    /// <summary>Mean cross-entropy and share of right answers.</summary>
    protected static (double Loss, double Accuracy) Judge(Tensor logits, Tensor labels) =>
        (cross_entropy(logits, labels).item<float>(), logits.argmax(1).eq(labels).sum().item<long>() / (double)labels.shape[0]);
}
