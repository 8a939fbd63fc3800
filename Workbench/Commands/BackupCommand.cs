using System.CommandLine;
using Workbench.Core.Backups;

namespace Workbench.Commands;

/// <summary><c>backup</c>: everything there is into one file, while others go on working.</summary>
internal sealed class BackupCommand : Verb
{
    private readonly Argument<FileInfo> _file = new("FILE") { Description = "The file to write, a zip; it must not exist." };

    public BackupCommand()
        : base("backup", "Write everything (database and models) to one file, as it is at one moment.") => Arguments.Add(_file);

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var path = arguments.GetValue(_file)!.FullName;
        if (Path.Exists(path))
        {
            await Console.Error.WriteLineAsync($"{path} exists. Choose another name, or remove it.");
            return WrongInput;
        }
        await using var session = await Session.OpenAsync(CreateBuilder(arguments).Configuration, cancellationToken);
        // Under its own name it is there only when it is whole.
        var draft = path + ".part";
        try
        {
            var (manifest, lacks) = await WriteAsync(session, draft, cancellationToken);
            File.Move(draft, path);
            Console.WriteLine(FormattableString.Invariant($"{path}: {manifest.Summary}, {new FileInfo(path).Length / 1e6:0.0} MB."));
            foreach (var lack in lacks)
            {
                await Console.Error.WriteLineAsync(lack);
            }
            return lacks.Count == 0 ? Done : Failed;
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static async Task<(BackupManifest Manifest, IReadOnlyList<string> Lacks)> WriteAsync(Session session, string path, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            // It holds what the database holds.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        await using var stream = new FileStream(path, options);
        var written = await new Backup(session.Database, session.Artifacts, TimeProvider.System).WriteAsync(stream, cancellationToken);
        stream.Flush(flushToDisk: true);
        return written;
    }
}
