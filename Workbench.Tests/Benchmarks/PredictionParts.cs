using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using TorchSharp;
using Workbench.Core.Preparations;
using Workbench.Core.Serving;
using Workbench.Core.Training;

namespace Workbench.Benchmarks;

/// <summary>What a prediction is made of: making the image a model sees of a file, and the backbone, for one image and for eight together.</summary>
[MemoryDiagnoser]
public class PredictionParts
{
    private readonly byte[] _digit = Pictures.MnistDigit();
    private readonly byte[] _drawing = Pictures.Drawing();
    private readonly Backbone _backbone = Backbone.Load();
    private byte[] _image = [];

    internal static void Run(string[] args) => BenchmarkRunner.Run<PredictionParts>(DefaultConfig.Instance
        .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
        .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "workbench-benchmarks")));

    /// <summary>Before the first measurement.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        torch.set_num_threads(1);
        _image = new DigitPreparation().Prepare(_digit);
    }

    /// <summary>28×28, white on black: passes unchanged.</summary>
    [Benchmark]
    public byte[] PrepareDigit() => new DigitPreparation().Prepare(_digit);

    /// <summary>200×200, black on white: found, cropped, scaled, centred.</summary>
    [Benchmark]
    public byte[] PrepareDrawing() => new DigitPreparation().Prepare(_drawing);

    /// <summary>One image through the backbone.</summary>
    [Benchmark]
    public float[] One() => Features(_image);

    /// <summary>Eight at once.</summary>
    [Benchmark]
    public float[] Eight() => Features([.. Enumerable.Repeat(_image, 8).SelectMany(image => image)]);

    private float[] Features(byte[] images)
    {
        using var inference = torch.inference_mode();
        using var scope = torch.NewDisposeScope();
        return _backbone.Convolutions.Forward(ImageBatch.ToTensor(images)).data<float>().ToArray();
    }
}
