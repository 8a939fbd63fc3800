using System.CommandLine;

namespace Workbench.Commands;

/// <summary>The command line: one class a verb, and <c>serve</c> for none.</summary>
internal sealed class WorkbenchCommand : RootCommand
{
    // Signals are ours; see Interruption.
    private static readonly InvocationConfiguration WithoutSignals = new() { ProcessTerminationTimeout = null };

    public WorkbenchCommand()
        : base("Workbench: search hyperparameters, watch the trials, promote the best, serve it.")
    {
        Options.Add(Session.DataOption);
        var serve = new ServeCommand();
        foreach (var option in serve.Options)
        {
            Options.Add(option);
        }
        Action = serve.Action;
        Subcommands.Add(serve);
        Subcommands.Add(new TrainCommand());
        Subcommands.Add(new BuildCommand());
        Subcommands.Add(new PredictCommand());
        Subcommands.Add(new DataCommand());
        Subcommands.Add(new WorkerCommand());
        Subcommands.Add(new ModelCommand());
        Subcommands.Add(new TokenCommand());
        Subcommands.Add(new BackupCommand());
        Subcommands.Add(new RestoreCommand());
        Subcommands.Add(new PretrainCommand());
        Subcommands.Add(new DoctorCommand());
    }

    /// <returns>The exit code: 0 done, 1 failed, 2 the command or its input was wrong, 130 or 143 ended by Ctrl-C or SIGTERM before it was done.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var parsed = new WorkbenchCommand().Parse(arguments);
        if (parsed.Errors is [var error, ..])
        {
            Console.Error.WriteLine($"{error.Message} Try --help.");
            return Verb.WrongInput;
        }
        using var interruption = new Interruption();
        var code = await parsed.InvokeAsync(WithoutSignals, interruption.Token);
        return code == Verb.Interrupted ? interruption.ExitCode : code;
    }
}
