using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Options;
using Spectre.Console;
using Workbench.Components;
using Workbench.Core;
using Workbench.Core.Datasets;
using Workbench.Core.Tracking;

namespace Workbench.Commands;

/// <summary><c>data</c>: imports, lists, shows and removes datasets, also while a server runs.</summary>
internal sealed class DataCommand : Command
{
    public DataCommand()
        : base("data", "Import, list, show and remove datasets of pictures.")
    {
        Subcommands.Add(new AddVerb());
        Subcommands.Add(new ListVerb());
        Subcommands.Add(new ShowVerb());
        Subcommands.Add(new RemoveVerb());
    }

    private static Argument<string> NameArgument() => new("NAME") { Description = "The dataset's name." };

    private abstract class DataVerb(string name, string description) : Verb(name, description)
    {
        protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
        {
            var builder = CreateBuilder(arguments);
            await using var session = await Session.OpenAsync(builder.Configuration, cancellationToken);
            builder.Services.AddWorkbench(session.Database, session.Artifacts, session.Data);
            using var host = builder.Build();
            await RunAsync(arguments, host.Services, cancellationToken);
            return Done;
        }

        protected abstract Task RunAsync(ParseResult arguments, IServiceProvider services, CancellationToken cancellationToken);
    }

    private sealed class AddVerb : DataVerb
    {
        private readonly Argument<string> _name = NameArgument();
        private readonly Argument<string> _path = new("PATH") { Description = "A folder or a zip file: a folder for each class, train and test folders above them, a CSV file with file,label,part, or pairs of IDX files." };

        public AddVerb()
            : base("add", "Import pictures as a dataset, or as the next version of the one of that name.")
        {
            Arguments.Add(_name);
            Arguments.Add(_path);
        }

        protected override async Task RunAsync(ParseResult arguments, IServiceProvider services, CancellationToken cancellationToken)
        {
            var name = arguments.GetValue(_name)!;
            using var source = Open(arguments.GetValue(_path)!, services.GetRequiredService<IOptions<DatasetOptions>>().Value);
            var added = await AnsiConsole.Status().StartAsync(Markup.Escape($"importing {source.Name}"), status =>
                services.GetRequiredService<DatasetImporter>().ImportAsync(
                    name, source, new Shown(progress => status.Status = Markup.Escape(
                        FormattableString.Invariant($"{progress.Pictures:N0} of {progress.OfPictures:N0} pictures, {Format.Bytes(progress.Bytes)}, {Format.Bytes((long)progress.Speed)}/s"))), cancellationToken));
            var detail = await services.GetRequiredService<DatasetBrowser>().GetAsync(name, added.Version, cancellationToken);
            Console.WriteLine($"{Line(detail)}{(added.Created ? "" : " It was there already.")}");
            foreach (var (kind, count) in detail.ProblemCounts.OrderBy(problem => problem.Key))
            {
                Console.WriteLine($"{Kind(kind)}: {count}. {detail.Problems.First(problem => problem.Kind == kind) switch { var first => $"{first.Subject}: {first.Message}" }}");
            }
        }

        private static FileSource Open(string path, DatasetOptions options)
        {
            if (Directory.Exists(path))
            {
                return new FolderSource(path);
            }
            if (!File.Exists(path))
            {
                throw new FieldException("PATH", $"There is neither a folder nor a file {Path.GetFullPath(path)}.");
            }
            return new ZipSource(File.OpenRead(path), Path.GetFileName(path), 4 * ((long)options.MostUpload << 20));
        }

        // Not Progress<T>, which would tell it later, on another thread.
        private sealed class Shown(Action<ImportProgress> show) : IProgress<ImportProgress>
        {
            public void Report(ImportProgress value) => show(value);
        }
    }

    private sealed class ListVerb() : DataVerb("list", "List the datasets.")
    {
        protected override async Task RunAsync(ParseResult arguments, IServiceProvider services, CancellationToken cancellationToken)
        {
            var table = new Table().Border(TableBorder.None).AddColumns("NAME", "VERSION", "PICTURES", "CLASSES", "PARTS", "PROBLEMS", "IMPORTED");
            foreach (var (dataset, problems) in await services.GetRequiredService<DatasetBrowser>().ListAsync(cancellationToken))
            {
                table.AddRow(
                    new Text(dataset.Name), Number(dataset.Version), Number(dataset.Schema.Count), Number(dataset.Schema.Classes.Count),
                    new Text(string.Join(", ", dataset.Schema.Parts)), Number(problems), new Text($"{dataset.CreatedAt:yyyy-MM-dd HH:mm}"));
            }
            AnsiConsole.Write(table);
        }
    }

    private sealed class ShowVerb : DataVerb
    {
        private readonly Argument<string> _name = NameArgument();
        private readonly Option<int?> _version = NumberOption.Optional("--dataset-version", "The version [default: the newest].", 1, int.MaxValue);

        public ShowVerb()
            : base("show", "Show a dataset: its classes, its versions, and what is wrong with it.")
        {
            Arguments.Add(_name);
            Options.Add(_version);
        }

        protected override async Task RunAsync(ParseResult arguments, IServiceProvider services, CancellationToken cancellationToken)
        {
            var detail = await services.GetRequiredService<DatasetBrowser>().GetAsync(arguments.GetValue(_name)!, arguments.GetValue(_version), cancellationToken);
            Console.WriteLine(Line(detail));
            var parts = detail.Summary.Schema.Parts;
            var classes = new Table().Border(TableBorder.None).AddColumns(["CLASS", "PICTURES", .. parts.Select(part => part.ToUpperInvariant())]);
            foreach (var (name, count, inParts) in detail.Classes)
            {
                classes.AddRow([new Text(name), Number(count), .. inParts.Select(Number)]);
            }
            AnsiConsole.Write(classes);
            foreach (var problem in detail.Problems)
            {
                Console.WriteLine($"{problem.Subject}: {problem.Message}");
            }
            foreach (var version in detail.Versions)
            {
                Console.WriteLine(FormattableString.Invariant($"version {version.Version}, {version.CreatedAt:yyyy-MM-dd HH:mm}: {version.Count} pictures, {version.Origin}"));
            }
        }
    }

    private sealed class RemoveVerb : DataVerb
    {
        private readonly Argument<string> _name = NameArgument();
        private readonly Option<bool> _force = new("--force") { Description = "Also if studies need it; they can't run any more then." };

        public RemoveVerb()
            : base("remove", "Remove a dataset with all its versions.")
        {
            Arguments.Add(_name);
            Options.Add(_force);
        }

        protected override async Task RunAsync(ParseResult arguments, IServiceProvider services, CancellationToken cancellationToken)
        {
            var name = arguments.GetValue(_name)!;
            await services.GetRequiredService<DatasetRemover>().RemoveAsync(name, arguments.GetValue(_force), cancellationToken);
            Console.WriteLine($"The dataset {name} is removed.");
        }
    }

    private static string Line(DatasetDetail detail) => FormattableString.Invariant(
        $"{detail.Summary.Name} version {detail.Summary.Version}: {detail.Summary.Schema.Count:N0} pictures in {detail.Classes.Count} classes{(detail.Bytes is { } bytes ? $", {Format.Bytes(bytes)}" : "")}, {detail.Summary.Fingerprint[..12]}.");

    private static Text Number(int value) => new(value.ToString("N0", CultureInfo.InvariantCulture));

    private static string Kind(DatasetProblemKind kind) => kind switch
    {
        DatasetProblemKind.Unreadable => "Not read",
        DatasetProblemKind.Duplicate => "More than once",
        DatasetProblemKind.TwoClasses => "In two classes",
        DatasetProblemKind.TwoParts => "In two parts",
        _ => "Small classes",
    };
}
