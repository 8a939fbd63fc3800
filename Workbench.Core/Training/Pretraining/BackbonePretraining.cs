using SkiaSharp;
using TorchSharp;
using TorchSharp.Modules;
using Workbench.Core.Datasets;
using Workbench.Core.Platform;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Workbench.Core.Training.Pretraining;

/// <summary>Where a pretraining stands.</summary>
/// <param name="Epoch">The epoch under way, counted from 1.</param>
/// <param name="Done">Share of the whole that is done, 0…1.</param>
/// <param name="Loss">Cross-entropy of the last batch.</param>
/// <param name="Accuracy">Share of right answers in the last batch, 0…1.</param>
public sealed record PretrainingProgress(int Epoch, double Done, double Loss, double Accuracy);

internal sealed class BackbonePretraining
{
    public static Dictionary<string, Safetensors.Values> Run(GlyphSet glyphs, string planText, int variants, int epochs, int seed, Action<PretrainingProgress> progress, CancellationToken ct)
    {
        LibTorch.EnsureLoaded();
        set_num_threads(int.Parse(Environment.GetEnvironmentVariable("TT") ?? "2"));
        const int batch = 256;
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        var plan = new ConvolutionPlan(planText);
        using var network = new TrainableConvolutions(plan, generator);
        var weight = new Parameter(empty(GlyphSet.ClassCount, plan.Features).normal_(0, 1 / Math.Sqrt(plan.Features), generator));
        var bias = new Parameter(zeros(GlyphSet.ClassCount));
        const double peak = 4e-3;
        using var optimizer = optim.AdamW([.. network.Parameters, weight, bias], lr: peak, weight_decay: 0.02);
        var count = glyphs.Glyphs.Count * variants;
        var images = new byte[count * Dataset.Pixels];
        var labels = new long[count];
        var order = new int[count];
        var batches = count / batch;
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            for (var i = 0; i < count; i++) order[i] = i;
            new Random(seed * 1000 + epoch).Shuffle(order);
            Parallel.For(0, count, () => new GlyphRenderer(), (i, _, renderer) =>
            {
                var (outline, label) = glyphs.Glyphs[order[i] % glyphs.Glyphs.Count];
                renderer.Render(outline, new Random(HashOf(seed, epoch, i)), images.AsSpan(i * Dataset.Pixels, Dataset.Pixels));
                labels[i] = label;
                return renderer;
            }, renderer => renderer.Dispose());
            using var epochScope = NewDisposeScope();
            var x = tensor(images, [count, 1, Dataset.Side, Dataset.Side]);
            var y = tensor(labels);
            for (var b = 0; b < batches; b++)
            {
                ct.ThrowIfCancellationRequested();
                using var batchScope = NewDisposeScope();
                var done = (double)(epoch * batches + b) / (epochs * batches);
                foreach (var group in optimizer.ParamGroups)
                    group.LearningRate = peak * (done < 0.1 ? 0.1 + done * 9 : 0.5 * (1 + Math.Cos(Math.PI * (done - 0.1) / 0.9)));
                var features = network.Forward(x.narrow(0, b * batch, batch).to_type(ScalarType.Float32) / 255f);
                var logits = linear(features, weight, bias);
                var target = y.narrow(0, b * batch, batch);
                var loss = cross_entropy(logits, target, label_smoothing: 0.05);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                if (b % 20 == 0)
                    progress(new(epoch + 1, done, loss.item<float>(), logits.argmax(1).eq(target).to_type(ScalarType.Float32).mean().item<float>()));
            }
        }
        return network.Fold();
    }

    private static int HashOf(int seed, int epoch, int i) => unchecked((int)((uint)(seed * 31 + epoch) * 2654435761u + (uint)i * 2246822519u));
}
