using System.CommandLine;

namespace Workbench.Commands;

/// <summary>The command line: one class a verb, and <c>serve</c> for none.</summary>
internal sealed class WorkbenchCommand : RootCommand
{
    // Time to let running trials finish their batch, and to stop the private database.
    private static readonly InvocationConfiguration Patient = new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };

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
        Subcommands.Add(new WorkerCommand());
        Subcommands.Add(new TokenCommand());
        Subcommands.Add(new PretrainCommand());
        Subcommands.Add(new DoctorCommand());
    }

    /// <returns>The exit code: 0 done, 1 failed, 2 the command or its input was wrong.</returns>
    public static Task<int> RunAsync(string[] arguments)
    {
        var parsed = new WorkbenchCommand().Parse(arguments);
        if (parsed.Errors is [var error, ..])
        {
            Console.Error.WriteLine($"{error.Message} Try --help.");
            return Task.FromResult(Verb.WrongInput);
        }
        return parsed.InvokeAsync(Patient);
    }
}
