using System.Diagnostics;
using System.Security.Cryptography;
using Workbench.Core.Datasets;
using Workbench.Core.Encoders;
using Workbench.Core.Preparations;
using Workbench.Core.Search;
using Workbench.Core.Training;

namespace Workbench.Benchmarks;

/// <summary>
/// Whether the collector of garbage can change what a training gives: trains small models again and again while another thread collects
/// and finalizes without a pause, and compares every model to the byte with one that was trained undisturbed.
/// </summary>
internal static class Collections
{
    private const int Images = 200;
    private const int Seeds = 20;

    private static readonly Dictionary<string, ParameterSet> Parameters = new()
    {
        ["transfer"] = new(("learning_rate", 3e-3), ("l1", 1e-3), ("l2", 1e-3), ("num_hidden", 16), ("epochs", 2)),
        ["cnn"] = new(
            ("learning_rate", 3e-3), ("weight_decay", 1e-3), ("channels", 4), ("dropout", 0.2), ("batch_size", 64), ("epochs", 1)),
    };

    public static void Run(string[] arguments)
    {
        var trials = arguments is [var first, ..] ? int.Parse(first, System.Globalization.CultureInfo.InvariantCulture) : 5_000;
        using var folder = new DataFolder();
        var preparations = new PreparationCatalog([DigitPreparation.Kind]);
        using var encoder = new GlyphEncoder();
        using var cache = new FeatureCache(folder.Path, new FeatureExtraction(preparations, null));
        var pipelines = new Pipelines([new TransferPipeline(cache, new EncoderCatalog([encoder]), preparations), new CnnPipeline(new PictureCache(folder.Path), preparations)]);
        var mnist = Mnist.Load();
        var dataset = new GreyImages(
            "few", MnistFrame.Side, [.. Enumerable.Range(0, Images).SelectMany(i => mnist.Image(i).ToArray())],
            [.. mnist.Labels[..Images].Select(label => (byte)label)], mnist.Classes, Images);
        var split = SplitSettings.Default.Apply(dataset);
        var undisturbed = Parameters.Keys.ToDictionary(name => name, name => Enumerable.Range(0, Seeds).Select(seed => Train(name, seed)).ToArray());

        long collections = 0;
        var over = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref over))
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
                collections++;
            }
        });
        collector.Start();
        var (differ, failed) = (0, new Dictionary<string, int>());
        var watch = Stopwatch.StartNew();
        for (var trial = 0; trial < trials; trial++)
        {
            // Four of five as most studies train, for a trial of the other pipeline takes ten times as long.
            var (name, seed) = (trial % 5 < 4 ? "transfer" : "cnn", trial % Seeds);
            try
            {
                differ += Train(name, seed) == undisturbed[name][seed] ? 0 : 1;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                var reason = failure.Message.Split('\n')[0];
                failed[reason] = failed.GetValueOrDefault(reason) + 1;
            }
        }
        Volatile.Write(ref over, true);
        collector.Join();

        Console.WriteLine($"{trials} trials in {watch.Elapsed.TotalSeconds:f0} s beside {collections} collections: {differ} differ, {failed.Values.Sum()} failed.");
        foreach (var (reason, times) in failed)
            Console.WriteLine($"  {times} × {reason}");
        Console.WriteLine($"Models: {string.Join(", ", undisturbed.Select(u => $"{u.Key} {Hash(string.Concat(u.Value))[..16]}"))}");

        string Train(string name, int seed)
        {
            var request = new TrainingRequest(dataset, split, Parameters[name], seed, Threads: 1);
            return Hash(pipelines.Get(name).Train(request, _ => true, CancellationToken.None).Weights.ToBytes());
        }
    }

    private static string Hash(string text) => Hash(System.Text.Encoding.ASCII.GetBytes(text));

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
