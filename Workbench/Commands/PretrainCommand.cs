using System.CommandLine;
using Spectre.Console;
using Workbench.Core.Training.Pretraining;

namespace Workbench.Commands;

/// <summary><c>pretrain</c>: renders glyphs and trains the backbone of the transfer pipeline on them.</summary>
internal sealed class PretrainCommand : Verb
{
    private readonly Option<DirectoryInfo?> _fonts = new("--fonts")
    {
        Description = "A folder of fonts [default: those installed].",
        HelpName = "DIR",
    };

    private readonly Option<DirectoryInfo> _output = new("--output")
    {
        Description = "Where the weights and the model card are written.",
        HelpName = "DIR",
        DefaultValueFactory = _ => new DirectoryInfo("."),
    };

    private readonly Option<int> _seed = NumberOption.WithDefault("--seed", "The root of all random numbers.", 0, int.MinValue, int.MaxValue);
    private readonly Option<int> _epochs = NumberOption.WithDefault("--epochs", "Passes over all glyphs.", 8, 1, 1_000);
    private readonly Option<int> _threads = NumberOption.WithDefault(
        "--threads", "Threads for one tensor operation; another number may round differently.", Environment.ProcessorCount, 1, 1_024);

    public PretrainCommand()
        : base("pretrain", "Pretrain the backbone on characters rendered from fonts; takes minutes.")
    {
        Options.Add(_fonts);
        Options.Add(_output);
        Options.Add(_seed);
        Options.Add(_epochs);
        Options.Add(_threads);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var settings = new PretrainingSettings
        {
            OutputDirectory = arguments.GetValue(_output)!.FullName,
            FontsDirectory = arguments.GetValue(_fonts)?.FullName,
            Seed = arguments.GetValue(_seed),
            Epochs = arguments.GetValue(_epochs),
            Threads = arguments.GetValue(_threads),
        };
        var result = await AnsiConsole.Progress().StartAsync(progress =>
        {
            var bar = progress.AddTask("rendering glyphs", maxValue: 1);
            var report = new Progress<PretrainingProgress>(at =>
            {
                bar.Value = at.Done;
                bar.Description = FormattableString.Invariant(
                    $"epoch {at.Epoch} of {settings.Epochs}, loss {at.Loss:0.000}, accuracy {at.Accuracy:0.000}");
            });
            return Task.Run(() => BackbonePretraining.Run(settings, report, cancellationToken), cancellationToken);
        });
        Console.WriteLine(FormattableString.Invariant(
            $"{result.Fonts} fonts; {result.GlyphAccuracy:P2} of glyphs, {result.MnistAccuracy:P2} of MNIST with a head of 32 units"));
        Console.WriteLine(result.WeightsFile);
        Console.WriteLine(result.CardFile);
        return Done;
    }
}
