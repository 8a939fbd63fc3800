using TorchSharp;
using TorchSharp.Modules;
using Workbench.Core.Datasets;
using Workbench.Core.Encoders;
using Workbench.Core.Models;
using Workbench.Core.Platform;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Workbench.Core.Training.Pretraining;

/// <summary>Trains a backbone to tell digits and letters of many fonts apart, drawn as if by hand. No handwriting is used.</summary>
public sealed class BackbonePretraining : IDisposable
{
    private const int BatchSize = 256;
    private const double PeakLearningRate = 4e-3;
    private const double WarmUp = 0.1;
    private const double WeightDecay = 0.02;
    private const double LabelSmoothing = 0.05;

    private readonly PretrainingSettings _settings;
    private readonly GlyphSet _glyphs;
    private readonly Generator _generator;
    private readonly ConvolutionPlan _plan;
    private readonly TrainableConvolutions _network;
    private readonly Parameter _output, _outputBias;
    private readonly AdamW _optimizer;

    private BackbonePretraining(PretrainingSettings settings)
    {
        _settings = settings;
        _glyphs = new GlyphSet(settings.FontsDirectory is { } folder ? [folder] : GlyphSet.InstalledFonts());
        _generator = new Generator((ulong)settings.Seed, CPU);
        _plan = new ConvolutionPlan(settings.Architecture);
        _network = new TrainableConvolutions(_plan, _generator);
        _output = new Parameter(empty(GlyphSet.ClassCount, _plan.Features).normal_(0, 1 / Math.Sqrt(_plan.Features), _generator));
        _outputBias = new Parameter(zeros(GlyphSet.ClassCount));
        _optimizer = new AdamW([.. _network.Parameters, _output, _outputBias], WeightDecay);
    }

    /// <summary>Pretrains a backbone, which takes minutes, judges it on MNIST, and writes it with its model card.</summary>
    /// <param name="settings">How.</param>
    /// <param name="progress">Told after every few batches.</param>
    /// <param name="ct">Looked at before every batch; nothing is written then.</param>
    /// <exception cref="TrainingException">There are no fonts, or the settings make no sense.</exception>
    public static PretrainingResult Run(PretrainingSettings settings, IProgress<PretrainingProgress>? progress, CancellationToken ct)
    {
        if (settings.Epochs < 1 || settings.Variants < 1 || settings.Threads < 1)
            throw new TrainingException("Epochs, variants and threads have to be at least 1.");
        LibTorch.EnsureLoaded();
        set_num_threads(settings.Threads);
        using var scope = NewDisposeScope();
        using var pretraining = new BackbonePretraining(settings);
        var accuracy = 0.0;
        for (var epoch = 1; epoch <= settings.Epochs; epoch++)
            accuracy = pretraining.TrainEpoch(epoch, progress, ct);
        var plan = new Dictionary<string, string> { [NetworkWeights.Plan] = settings.Architecture };
        var weights = new Safetensors(pretraining._network.Fold(), plan);
        return pretraining.Write(weights.ToBytes(), accuracy, ct);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _optimizer.Dispose();
        _output.Dispose();
        _outputBias.Dispose();
        _network.Dispose();
        _generator.Dispose();
        _glyphs.Dispose();
    }

    private double TrainEpoch(int epoch, IProgress<PretrainingProgress>? progress, CancellationToken ct)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = Draw(epoch, ct);
        var batches = Math.Max(1, labels.Length / BatchSize);
        var (x, y) = (tensor(images, [labels.Length, 1, MnistFrame.Side, MnistFrame.Side]), tensor(labels));
        using Scalar white = 255f;
        long correct = 0;
        for (var batch = 0; batch < batches; batch++)
        {
            ct.ThrowIfCancellationRequested();
            using var batchScope = NewDisposeScope();
            var size = Math.Min(BatchSize, labels.Length);
            var target = y.narrow(0, batch * BatchSize, size);
            var features = _network.Forward(x.narrow(0, batch * BatchSize, size).to_type(ScalarType.Float32).div_(white));
            var logits = linear(features, _output, _outputBias);
            var loss = cross_entropy(logits, target, label_smoothing: LabelSmoothing);
            var done = (epoch - 1 + (double)batch / batches) / _settings.Epochs;
            _optimizer.ZeroGradients();
            loss.backward();
            _optimizer.Step(StepSize(done));
            var hits = logits.argmax(1).eq(target).sum().item<long>();
            correct += hits;
            if (batch % 10 == 9)
                progress?.Report(new(epoch, done, loss.item<float>(), hits / (double)size));
        }
        return correct / (double)Math.Min(labels.Length, batches * BatchSize);
    }

    /// <summary>From a tenth up to the peak, then down to nothing along half a cosine.</summary>
    private static double StepSize(double done) => PeakLearningRate * (done < WarmUp
        ? 0.1 + 0.9 * done / WarmUp
        : (1 + Math.Cos(Math.PI * (done - WarmUp) / (1 - WarmUp))) / 2);

    private (byte[] Images, long[] Labels) Draw(int epoch, CancellationToken ct)
    {
        var count = _glyphs.Glyphs.Count * _settings.Variants;
        var order = Enumerable.Range(0, count).ToArray();
        new Random(Seed(epoch, -1)).Shuffle(order);
        var (images, labels) = (new byte[count * MnistFrame.Pixels], new long[count]);
        // Each image has a seed of its own: whichever thread draws it, it is the same.
        Parallel.For(0, count, new ParallelOptions { CancellationToken = ct }, () => new GlyphRenderer(), (i, _, renderer) =>
        {
            var (outline, label) = _glyphs.Glyphs[order[i] % _glyphs.Glyphs.Count];
            renderer.Render(outline, new Random(Seed(epoch, i)), images.AsSpan(i * MnistFrame.Pixels, MnistFrame.Pixels));
            labels[i] = label;
            return renderer;
        }, renderer => renderer.Dispose());
        return (images, labels);
    }

    private int Seed(int epoch, int image) =>
        unchecked((int)((uint)_settings.Seed * 0x9e3779b1 + (uint)epoch * 0x85ebca77 + (uint)image * 0xc2b2ae3d));

    private PretrainingResult Write(byte[] weights, double glyphAccuracy, CancellationToken ct)
    {
        Directory.CreateDirectory(_settings.OutputDirectory);
        var file = Path.Combine(_settings.OutputDirectory, "glyphs.safetensors");
        var unfinished = file + ".tmp";
        File.WriteAllBytes(unfinished, weights);
        try
        {
            using var backbone = Backbone.Load(unfinished);
            using var encoder = new GlyphEncoder(unfinished);
            var mnist = BackboneEvaluation.OnMnist(encoder, ct);
            var card = Path.Combine(_settings.OutputDirectory, "glyphs.md");
            File.WriteAllText(card, ModelCard.Write(_settings, _glyphs, backbone, weights.Length, glyphAccuracy, mnist));
            File.Move(unfinished, file, overwrite: true);
            return new(file, card, _glyphs.Fonts.Count, glyphAccuracy, mnist);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
