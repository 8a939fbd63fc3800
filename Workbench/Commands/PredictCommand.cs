using System.CommandLine;
using Workbench.Core;
using Workbench.Core.Pictures;
using Workbench.Core.Serving;

namespace Workbench.Commands;

/// <summary><c>predict</c>: what the model in production says of image files.</summary>
internal sealed class PredictCommand : Verb
{
    private readonly Argument<FileInfo[]> _files = new("FILE")
    {
        Description = "Image files.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _model = new("--model") { Description = "A registered model [default: the one promoted last]." };
    private readonly Option<int?> _version = NumberOption.Optional("--model-version", "Its version [default: the one in production].", 1, int.MaxValue);

    public PredictCommand()
        : base("predict", "Predict the classes of image files with the model in production.")
    {
        Arguments.Add(_files);
        Options.Add(_model);
        Options.Add(_version);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var builder = CreateBuilder(arguments);
        await using var session = await Session.OpenAsync(builder.Configuration, cancellationToken);
        builder.Services.AddWorkbench(session.Database, session.Artifacts, session.Data);
        using var host = builder.Build();
        var predictor = host.Services.GetRequiredService<Predictor>();
        var served = await predictor.FindAsync(arguments.GetValue(_model), arguments.GetValue(_version), cancellationToken);
        var code = Done;
        foreach (var file in arguments.GetValue(_files)!)
        {
            try
            {
                var prediction = await predictor.PredictAsync(served, file.OpenRead(), cancellationToken);
                Console.WriteLine(FormattableString.Invariant(
                    $"{file}\t{prediction.Class}\t{prediction.Probabilities.Max():P1}\t{prediction.Model} version {prediction.Version}"));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ImageException)
            {
                // The other files are predicted all the same.
                await Console.Error.WriteLineAsync($"{file}: {exception.Message}");
                code = WrongInput;
            }
        }
        return code;
    }
}
