using Workbench.Core.Training;
using Workbench.Core.Training.Pretraining;

namespace Workbench.Tests.Training.Pretraining;

public sealed class BackbonePretrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    public void The_same_font_and_seed_give_the_same_backbone_with_its_card()
    {
        var first = BackbonePretraining.Run(Settings("first"), null, CancellationToken.None);
        var second = BackbonePretraining.Run(Settings("second"), null, CancellationToken.None);

        Assert.Equal(File.ReadAllBytes(first.WeightsFile), File.ReadAllBytes(second.WeightsFile));
        Assert.Equal(["glyphs.md", "glyphs.safetensors"], Directory.GetFiles(_folder["first"]).Select(Path.GetFileName).Order());
        using var backbone = Backbone.Load(first.WeightsFile);
        Assert.Equal(32, backbone.Features);
        var card = File.ReadAllText(first.CardFile);
        Assert.Contains(backbone.Hash, card, StringComparison.Ordinal);
        Assert.Contains("pretrain --seed 5 --epochs 2 --threads 1", card, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(Directory.GetFiles(Fonts()).Single()), card, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Progress_goes_from_the_first_epoch_to_the_last()
    {
        var reports = new Reports();

        BackbonePretraining.Run(Settings("out") with { Variants = 80 }, reports, CancellationToken.None);

        Assert.Equal([1, 2], reports.All.Select(report => report.Epoch).Distinct());
        Assert.Equal(reports.All.Select(report => report.Done).Order(), reports.All.Select(report => report.Done));
        Assert.All(reports.All, report => Assert.InRange(report.Done, 0, 1));
    }

    [SkippableFact]
    public void A_cancelled_pretraining_writes_nothing()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => BackbonePretraining.Run(Settings("out"), null, stop.Token));
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public void A_folder_without_fonts_is_refused_by_its_name()
    {
        var settings = new PretrainingSettings { OutputDirectory = _folder["out"], FontsDirectory = _folder.Path };

        var failure = Assert.Throws<TrainingException>(() => BackbonePretraining.Run(settings, null, CancellationToken.None));

        Assert.Equal($"No font with digits or letters lies in {_folder.Path}. Install some, or name a folder that has them.", failure.Message);
    }

    [Fact]
    public void A_file_that_only_claims_to_be_a_font_is_passed_over()
    {
        File.WriteAllText(_folder["broken.ttf"], "not a font");
        var settings = new PretrainingSettings { OutputDirectory = _folder["out"], FontsDirectory = _folder.Path };

        Assert.Throws<TrainingException>(() => BackbonePretraining.Run(settings, null, CancellationToken.None));
    }

    [Fact]
    public void The_backbone_that_comes_with_the_program_is_the_one_on_its_card()
    {
        using var backbone = Backbone.Load();

        var card = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "backbones", "glyphs.md"));

        Assert.Contains(backbone.Hash, card, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private PretrainingSettings Settings(string output) => new()
    {
        OutputDirectory = _folder[output],
        FontsDirectory = Fonts(),
        Seed = 5,
        Epochs = 2,
        Variants = 8,
        Threads = 1,
        Architecture = "4|8",
    };

    /// <summary>A folder with one of the fonts installed.</summary>
    private string Fonts()
    {
        var font = GlyphSet.InstalledFonts().Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.ttf", SearchOption.AllDirectories))
            .Where(file => Path.GetFileName(file).Contains("Sans", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).FirstOrDefault();
        Requirement.Need("a font", font is not null, "Debian, Ubuntu: apt-get install -y fonts-dejavu-core.");
        Directory.CreateDirectory(_folder["fonts"]);
        File.Copy(font, _folder["fonts", Path.GetFileName(font)], overwrite: true);
        return _folder["fonts"];
    }

    private sealed class Reports : IProgress<PretrainingProgress>
    {
        public List<PretrainingProgress> All { get; } = [];

        public void Report(PretrainingProgress value) => All.Add(value);
    }
}
