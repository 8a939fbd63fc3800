using Npgsql;
using Workbench.Core.Tracking;

namespace Workbench.Core.Studies;

/// <summary>
/// Carries out requests of many clients together. Those of a study wait for the study's row anyway; here the ones that come while others are carried out
/// share the next turn, and so its statements, its lock and its round trips. A client that is alone waits for nothing.
/// </summary>
/// <param name="carryOut">Carries out the requests of a turn and answers each. What it throws is the answer of those that it left without.</param>
/// <param name="places">How many turns, of whatever studies, are carried out at the same time.</param>
internal sealed class SharedTurns<TRequest, TAnswer>(Func<string, IReadOnlyList<Waiting<TRequest, TAnswer>>, Task> carryOut, SemaphoreSlim places)
{
    // A turn is one transaction, and holds the study's row as long.
    private const int MostOfTurn = 32;

    private readonly Lock _gate = new();
    // Of the studies that have a turn under way.
    private readonly Dictionary<string, Queue<Waiting<TRequest, TAnswer>>> _queues = [];

    /// <summary>Carries out a request with the next turn.</summary>
    /// <param name="study">The study's name.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up before the turn.</param>
    public Task<TAnswer> AskAsync(string study, TRequest request, CancellationToken cancellationToken)
    {
        var waiting = new Waiting<TRequest, TAnswer>(request, cancellationToken);
        lock (_gate)
        {
            if (_queues.TryGetValue(study, out var queue))
            {
                queue.Enqueue(waiting);
                return waiting.Answered;
            }
            _queues[study] = new([waiting]);
        }
        // What flows with the first request concerns no other.
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => RunAsync(study), CancellationToken.None);
        }
        return waiting.Answered;
    }

    private async Task RunAsync(string study)
    {
        while (true)
        {
            await places.WaitAsync();
            try
            {
                if (Next(study) is not { } turn)
                {
                    return;
                }
                await CarryOutAsync(study, turn);
            }
            finally
            {
                places.Release();
            }
        }
    }

    private List<Waiting<TRequest, TAnswer>>? Next(string study)
    {
        lock (_gate)
        {
            var (queue, turn) = (_queues[study], new List<Waiting<TRequest, TAnswer>>());
            if (queue.Count == 0)
            {
                _queues.Remove(study);
                return null;
            }
            while (turn.Count < MostOfTurn && queue.TryDequeue(out var next))
            {
                turn.Add(next);
            }
            return turn;
        }
    }

    private async Task CarryOutAsync(string study, List<Waiting<TRequest, TAnswer>> turn)
    {
        turn.RemoveAll(waiting => waiting.GivesUp());
        try
        {
            if (turn.Count > 0)
            {
                await carryOut(study, turn);
            }
        }
        catch (PostgresException refusal) when (turn.Count > 1 && !DatabaseOutage.Caused(refusal))
        {
            // Nothing was written, for the sake of one of them.
            foreach (var waiting in turn.Where(waiting => !waiting.Answered.IsCompleted))
            {
                await CarryOutAsync(study, [waiting]);
            }
        }
        catch (Exception exception)
        {
            turn.ForEach(waiting => waiting.Refuse(exception));
        }
    }
}

/// <summary>A request that waits for its turn.</summary>
internal sealed class Waiting<TRequest, TAnswer>(TRequest request, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<TAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TRequest Request { get; } = request;

    /// <summary>Done once it is answered.</summary>
    public Task<TAnswer> Answered => _answer.Task;

    public void Answer(TAnswer answer) => _answer.TrySetResult(answer);

    public void Refuse(Exception reason) => _answer.TrySetException(reason);

    /// <summary>Whether the one who asked has given up, and needs no turn.</summary>
    public bool GivesUp() => cancellationToken.IsCancellationRequested && _answer.TrySetCanceled(cancellationToken);
}
