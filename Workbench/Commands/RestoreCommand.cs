using System.CommandLine;
using Workbench.Core.Backups;

namespace Workbench.Commands;

/// <summary><c>restore</c>: a backup in place of what there is; all of it or nothing.</summary>
internal sealed class RestoreCommand : Verb
{
    private readonly Argument<FileInfo> _file = new("FILE") { Description = "A file that backup wrote." };
    private readonly Option<bool> _replace = new("--replace") { Description = "Remove what the database holds. Without this it has to be empty." };

    public RestoreCommand()
        : base("restore", "Put a backup into an empty database and the artifact store.")
    {
        Arguments.Add(_file);
        Options.Add(_replace);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var session = await Session.OpenAsync(CreateBuilder(arguments).Configuration, cancellationToken);
        var manifest = await new Restoration(session.Database, session.Artifacts)
            .RunAsync(arguments.GetValue(_file)!.FullName, arguments.GetValue(_replace), cancellationToken);
        Console.WriteLine($"Restored {manifest.Summary}. What was under way goes on when a server or a worker starts.");
        return Done;
    }
}
