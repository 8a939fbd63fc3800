using System.Runtime.InteropServices;

namespace Workbench.Commands;

/// <summary>Ctrl-C and SIGTERM. The first one asks the command to end in good order; the second one ends the process at once, as does the
/// end of the patience with a command that does not end.</summary>
internal sealed class Interruption : IDisposable
{
    // Time to let running trials finish their batch, and to stop the private database.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration[] _signals;
    private int _exitCode;

    public Interruption() => _signals =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Interrupt(context, 128 + 2)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Interrupt(context, 128 + 15)),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _asked.Token;

    /// <summary>What shells expect of a process that a signal ended: 128 and the number of the first signal; 0 while there was none.</summary>
    public int ExitCode => _exitCode;

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }
        _asked.Dispose();
    }

    private void Interrupt(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        if (Interlocked.CompareExchange(ref _exitCode, exitCode, 0) != 0)
        {
            Environment.Exit(exitCode);
        }
        _ = Task.Delay(Patience).ContinueWith(_ => Environment.Exit(exitCode), TaskScheduler.Default);
        _asked.Cancel();
    }
}
