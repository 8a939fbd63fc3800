using System.CommandLine;
using Workbench.Core;
using Workbench.Core.Models;
using Workbench.Core.Registry;

namespace Workbench.Commands;

/// <summary><c>model</c>: adds models that were trained elsewhere, and says which one answers.</summary>
internal sealed class ModelCommand : Command
{
    public ModelCommand()
        : base("model", "Add models that were trained elsewhere, and say which model answers predictions that name none.")
    {
        Subcommands.Add(new AddVerb());
        Subcommands.Add(new PinVerb());
        Subcommands.Add(new UnpinVerb());
    }

    private sealed class PinVerb : Verb
    {
        private static readonly Argument<string> Model = new("NAME") { Description = "A registered model with a version in production." };

        public PinVerb()
            : base("pin", "Let a model answer predictions that name none, whatever is promoted.") => Arguments.Add(Model);

        protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
        {
            var builder = CreateBuilder(arguments);
            await using var session = await Session.OpenAsync(builder.Configuration, cancellationToken);
            builder.Services.AddWorkbench(session.Database, session.Artifacts, session.Data);
            using var host = builder.Build();
            await host.Services.GetRequiredService<DefaultModel>().PinAsync(arguments.GetValue(Model)!, cancellationToken);
            Console.WriteLine($"{arguments.GetValue(Model)} answers predictions that name no model.");
            return Done;
        }
    }

    private sealed class UnpinVerb() : Verb("unpin", "Let the model that was promoted last answer predictions that name none.")
    {
        protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
        {
            var builder = CreateBuilder(arguments);
            await using var session = await Session.OpenAsync(builder.Configuration, cancellationToken);
            builder.Services.AddWorkbench(session.Database, session.Artifacts, session.Data);
            using var host = builder.Build();
            await host.Services.GetRequiredService<DefaultModel>().UnpinAsync(cancellationToken);
            Console.WriteLine("The model that was promoted last answers predictions that name none.");
            return Done;
        }
    }

    private sealed class AddVerb : Verb
    {
        private static readonly Argument<string> Model = new("NAME") { Description = "The registered model; the file becomes its next version." };
        private static readonly Argument<FileInfo> File = new("FILE") { Description = "An ONNX classifier of pictures: [batch, channels, height, width] in, [batch, classes] out." };
        private static readonly Option<FileInfo> Labels = new("--labels") { Description = "A file with the names of the classes, one a line or a JSON list.", Required = true };
        private static readonly Option<float> Highest = new("--highest") { Description = "The value that it takes for white; black is 0.", DefaultValueFactory = _ => 1 };
        private static readonly Option<float[]?> Mean = new("--mean") { Description = "What is subtracted from each channel.", AllowMultipleArgumentsPerToken = true };
        private static readonly Option<float[]?> Deviation = new("--deviation") { Description = "What each channel is divided by after that.", AllowMultipleArgumentsPerToken = true };
        private static readonly Option<bool> OnlyAdd = new("--only-add") { Description = "Do not put it into production." };

        public AddVerb()
            : base("add", "Add an ONNX classifier of pictures as the next version of a model.")
        {
            Arguments.Add(Model);
            Arguments.Add(File);
            foreach (var option in (Option[])[Labels, Highest, Mean, Deviation, OnlyAdd])
            {
                Options.Add(option);
            }
        }

        protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
        {
            var name = arguments.GetValue(Model)!;
            byte[] file;
            string labels;
            try
            {
                file = await System.IO.File.ReadAllBytesAsync(arguments.GetValue(File)!.FullName, cancellationToken);
                labels = await System.IO.File.ReadAllTextAsync(arguments.GetValue(Labels)!.FullName, cancellationToken);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync(unreadable.Message);
                return WrongInput;
            }
            var builder = CreateBuilder(arguments);
            await using var session = await Session.OpenAsync(builder.Configuration, cancellationToken);
            builder.Services.AddWorkbench(session.Database, session.Artifacts, session.Data);
            using var host = builder.Build();
            var scale = new PictureScale(arguments.GetValue(Highest), Some(arguments.GetValue(Mean)), Some(arguments.GetValue(Deviation)));
            var version = await host.Services.GetRequiredService<ModelImport>().AddAsync(
                new ModelImportRequest(name, file, labels, scale, !arguments.GetValue(OnlyAdd)), cancellationToken);
            Console.WriteLine($"{name} version {version} is {(arguments.GetValue(OnlyAdd) ? "ready" : "in production")}.");
            return Done;
        }

        private static float[]? Some(float[]? numbers) => numbers is { Length: > 0 } ? numbers : null;
    }
}
