using System.CommandLine;
using Microsoft.Extensions.Options;
using Workbench.Core.Artifacts;
using Workbench.Core.Audit;
using Workbench.Core.Backups;
using Workbench.Core.Datasets;
using Workbench.Core.Pictures;
using Workbench.Core.Platform;
using Workbench.Core.Search;
using Workbench.Core.Serving;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Commands;

/// <summary>A verb of the command line. What goes wrong ends as one line and an exit code, never as a stack trace.</summary>
internal abstract class Verb : Command
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongInput = 2;

    /// <summary>Ended by Ctrl-C before it was done. The process exits with the code of the signal that it was; see <see cref="Interruption"/>.</summary>
    public const int Interrupted = 130;

    protected Verb(string name, string description)
        : base(name, description) => SetAction(async (arguments, cancellationToken) =>
        {
            Actor.Current = new Actor(Environment.UserName is { Length: > 0 } user ? user : Actor.Local, Way.Cli);
            try
            {
                return await RunAsync(arguments, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return Interrupted;
            }
            catch (Exception exception) when (WrongSettings(exception) is { Count: > 0 } faults)
            {
                foreach (var fault in faults)
                {
                    await Console.Error.WriteLineAsync(fault);
                }
                return WrongInput;
            }
            catch (Exception exception) when (ExitCode(exception) is { } code)
            {
                await Console.Error.WriteLineAsync((DatabaseOutage.Explain(exception) ?? exception.Message).ReplaceLineEndings(" "));
                return code;
            }
        });

    /// <summary>For what a script may repeat after it failed without knowing whether it was done.</summary>
    protected static Option<string?> IdempotencyKey() => new("--idempotency-key")
    {
        Description = "Do it once, however often the command is repeated under this key.",
        HelpName = "KEY",
    };

    protected abstract Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken);

    /// <summary>Reads <c>appsettings.json</c> beside the program, as the server does, wherever the command is given, the environment, and
    /// what was typed.</summary>
    protected static HostApplicationBuilder CreateBuilder(ParseResult arguments)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Prepare(arguments);
        return builder;
    }

    /// <summary>Sentences about wrong settings; empty for any other exception.</summary>
    internal static IReadOnlyCollection<string> WrongSettings(Exception exception) => exception switch
    {
        OptionsValidationException wrong => [.. wrong.Failures],
        // One for each options class.
        AggregateException several when several.InnerExceptions.All(inner => inner is OptionsValidationException) =>
            [.. several.InnerExceptions.SelectMany(WrongSettings)],
        _ => [],
    };

    /// <returns>Null for what was not foreseen: that is a defect, and its trace is wanted.</returns>
    protected static int? ExitCode(Exception exception) => exception switch
    {
        FieldException or KeyReusedException or SearchException or ImageException => WrongInput,
        StartupException or DatabaseException or ArtifactStoreException or DatasetException or TrainingException
            or ConflictException or NotFoundException or NoModelException or IOException or UnauthorizedAccessException
            or BackupException or Npgsql.PostgresException or PlatformNotSupportedException => Failed,
        _ => DatabaseOutage.Caused(exception) ? Failed : null,
    };
}
