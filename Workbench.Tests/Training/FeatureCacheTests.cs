using Workbench.Core.Datasets;
using Workbench.Core.Encoders;
using Workbench.Core.Training;

namespace Workbench.Tests.Training;

public sealed class FeatureCacheTests : IDisposable
{
    private static readonly GreyImages Images = Samples.Take(600);

    private readonly string _folder = Directory.CreateTempSubdirectory("workbench-features-").FullName;
    private readonly GlyphEncoder _encoder = new();

    [Fact]
    public void Features_are_computed_once_in_the_life_of_a_process()
    {
        using var cache = Samples.CacheIn(_folder);
        var first = cache.Get(Images, _encoder, null, CancellationToken.None);

        Assert.Same(first, cache.Get(Images, _encoder, new Unexpected(), CancellationToken.None));
        Assert.Equal([Images.Count, _encoder.Features], first.Values.shape);
    }

    [Fact]
    public void Features_are_computed_once_by_all_who_ask_at_the_same_time()
    {
        using var cache = Samples.CacheIn(_folder);
        var progress = new Recorded();
        var got = new Features[4];

        Parallel.For(0, 4, i => got[i] = cache.Get(Images, _encoder, i == 0 ? progress : null, CancellationToken.None));

        Assert.All(got, features => Assert.Same(got[0], features));
        Assert.True(progress.Shares.Count == progress.Shares.Distinct().Count(), "Every batch is reported at most once.");
        Assert.Equal(progress.Shares.Order(), progress.Shares);
    }

    [Fact]
    public void The_next_process_finds_them_on_disk()
    {
        using var first = Samples.CacheIn(_folder);
        var computed = first.Get(Images, _encoder, null, CancellationToken.None).Values.data<float>().ToArray();

        using var second = Samples.CacheIn(_folder);
        var found = second.Get(Images, _encoder, new Unexpected(), CancellationToken.None).Values.data<float>().ToArray();

        Assert.Equal(computed, found);
        Assert.Equal([$"{_encoder.Hash}-{Images.Fingerprint}.safetensors"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(5000)]
    [InlineData(-1)]
    public void A_damaged_file_is_computed_again(int at)
    {
        var file = Path.Combine(_folder, $"{_encoder.Hash}-{Images.Fingerprint}.safetensors");
        using (var first = Samples.CacheIn(_folder))
            first.Get(Images, _encoder, null, CancellationToken.None);
        var whole = File.ReadAllBytes(file);
        var damaged = (byte[])whole.Clone();
        damaged[at < 0 ? ^1 : at] ^= 1;
        File.WriteAllBytes(file, damaged);

        Assert.True(IsComputedAgain());
        Assert.Equal(whole, File.ReadAllBytes(file));
    }

    [Fact]
    public void A_file_cut_off_is_computed_again()
    {
        var file = Path.Combine(_folder, $"{_encoder.Hash}-{Images.Fingerprint}.safetensors");
        using (var first = Samples.CacheIn(_folder))
            first.Get(Images, _encoder, null, CancellationToken.None);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^4]);

        Assert.True(IsComputedAgain());
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_only_the_next_start_its_time()
    {
        var blocked = Path.Combine(_folder, "blocked");
        File.WriteAllText(blocked, "a file where the folder should be");
        using var cache = Samples.CacheIn(blocked);

        Assert.Equal(Images.Count, cache.Get(Images, _encoder, null, CancellationToken.None).Values.shape[0]);
    }

    [Fact]
    public async Task Cancelling_the_one_who_computes_leaves_it_to_the_next()
    {
        using var cache = Samples.CacheIn(_folder);
        using var stop = new CancellationTokenSource();
        var waiting = Task.CompletedTask;
        var stopping = new Recorded(() =>
        {
            if (waiting.IsCompletedSuccessfully && !stop.IsCancellationRequested)
            {
                waiting = Task.Run(() => cache.Get(Images, _encoder, null, CancellationToken.None));
                stop.Cancel();
            }
        });

        // With two cores all three batches may be under way before the first is reported: then it is done all the same.
        try
        {
            cache.Get(Images, _encoder, stopping, stop.Token);
        }
        catch (OperationCanceledException)
        {
        }

        await waiting.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(Images.Count, cache.Get(Images, _encoder, new Unexpected(), CancellationToken.None).Values.shape[0]);
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        using var cache = Samples.CacheIn(_folder);
        using var stop = new CancellationTokenSource();
        using var hold = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        var computing = Task.Run(() => cache.Get(Images, _encoder, new Recorded(() =>
        {
            begun.Set();
            hold.Wait();
        }), CancellationToken.None));
        begun.Wait();

        await stop.CancelAsync();
        Assert.ThrowsAny<OperationCanceledException>(() => cache.Get(Images, _encoder, null, stop.Token));

        hold.Set();
        await computing;
    }

    [Fact]
    public void Statistics_are_those_of_the_training_part_alone()
    {
        using var cache = Samples.CacheIn(_folder);
        var features = cache.Get(Images, _encoder, null, CancellationToken.None);
        var split = SplitSettings.Default.Apply(Images);
        var (width, values) = (_encoder.Features, features.Values.data<float>().ToArray());

        var (mean, deviation) = features.Statistics(split);

        for (var feature = 0; feature < width; feature += 17)
        {
            var column = split.Train.Select(image => (double)values[image * width + feature]).ToArray();
            var average = column.Average();
            Assert.Equal(average, mean[feature], tolerance: 1e-4);
            var variance = column.Average(value => (value - average) * (value - average));
            Assert.Equal(Math.Max(1e-4, Math.Sqrt(variance)), deviation[feature], tolerance: 1e-3);
        }
    }

    public void Dispose()
    {
        _encoder.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private bool IsComputedAgain()
    {
        using var cache = Samples.CacheIn(_folder);
        var progress = new Recorded();
        cache.Get(Images, _encoder, progress, CancellationToken.None);
        return progress.Shares.Count > 0;
    }

    private sealed class Recorded(Action? also = null) : IProgress<double>
    {
        public List<double> Shares { get; } = [];

        public void Report(double value)
        {
            Shares.Add(value);
            also?.Invoke();
        }
    }

    private sealed class Unexpected : IProgress<double>
    {
        public void Report(double value) => Assert.Fail("Nothing should have been computed.");
    }
}
