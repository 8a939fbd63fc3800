using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Workbench.Core.Encoders;
using Workbench.Core.Preparations;

namespace Workbench.Benchmarks;

/// <summary>What a prediction is made of: making the image a model sees of a file, and the encoder, for one image and for eight together.</summary>
[MemoryDiagnoser]
public class PredictionParts
{
    private readonly byte[] _digit = Pictures.MnistDigit();
    private readonly byte[] _drawing = Pictures.Drawing();
    private readonly DigitPreparation _preparation = new();
    private readonly GlyphEncoder _encoder = new();
    private float[] _image = [];

    internal static void Run(string[] args) => BenchmarkRunner.Run<PredictionParts>(DefaultConfig.Instance
        .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
        .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "workbench-benchmarks")));

    /// <summary>Before the first measurement.</summary>
    [GlobalSetup]
    public void Prepare() => _image = _preparation.Prepare(_digit);

    /// <summary>28×28, white on black: passes unchanged.</summary>
    [Benchmark]
    public float[] PrepareDigit() => _preparation.Prepare(_digit);

    /// <summary>200×200, black on white: found, cropped, scaled, centred.</summary>
    [Benchmark]
    public float[] PrepareDrawing() => _preparation.Prepare(_drawing);

    /// <summary>One image through the encoder.</summary>
    [Benchmark]
    public float[] One() => _encoder.Network.Run(_image, 1);

    /// <summary>Eight at once.</summary>
    [Benchmark]
    public float[] Eight() => _encoder.Network.Run([.. Enumerable.Repeat(_image, 8).SelectMany(image => image)], 8);
}
