using Npgsql;
using Workbench.Core.Studies;

namespace Workbench.Tests.Studies;

public sealed class SharedTurnsTests : IDisposable
{
    private readonly SemaphoreSlim _places = new(4);

    [Fact]
    public async Task What_comes_during_a_turn_shares_the_next_one_of_its_study()
    {
        var (turns, begun, end) = (new List<string>(), new TaskCompletionSource(), new TaskCompletionSource());
        var shared = new SharedTurns<int, int>(
            async (study, turn) =>
            {
                turns.Add($"{study} {string.Join(' ', turn.Select(waiting => waiting.Request))}");
                begun.TrySetResult();
                await end.Task;
                AnswerAll(turn);
            },
            _places);

        var first = shared.AskAsync("a", 1, default);
        await begun.Task;
        var (second, third) = (shared.AskAsync("a", 2, default), shared.AskAsync("a", 3, default));
        end.SetResult();

        Assert.Equal((10, 20, 30), (await first, await second, await third));
        Assert.Equal(["a 1", "a 2 3"], turns);
        Assert.Equal(40, await shared.AskAsync("a", 4, default));
    }

    [Fact]
    public async Task A_study_waits_for_no_other()
    {
        var never = new TaskCompletionSource();
        var shared = new SharedTurns<int, int>(
            async (study, turn) =>
            {
                await (study == "slow" ? never.Task : Task.CompletedTask);
                AnswerAll(turn);
            },
            _places);

        var slow = shared.AskAsync("slow", 1, default);

        Assert.Equal(10, await shared.AskAsync("fast", 1, default));
        never.SetResult();
        Assert.Equal(10, await slow);
    }

    [Fact]
    public async Task One_that_the_database_refuses_spoils_it_for_no_other()
    {
        var (begun, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        var shared = new SharedTurns<int, int>(
            async (_, turn) =>
            {
                begun.TrySetResult();
                await end.Task;
                if (turn.Any(waiting => waiting.Request == 2))
                {
                    throw new PostgresException("no", "ERROR", "ERROR", PostgresErrorCodes.CheckViolation);
                }
                AnswerAll(turn);
            },
            _places);

        var first = shared.AskAsync("a", 1, default);
        await begun.Task;
        var (bad, good) = (shared.AskAsync("a", 2, default), shared.AskAsync("a", 3, default));
        end.SetResult();

        Assert.Equal((10, 30), (await first, await good));
        await Assert.ThrowsAsync<PostgresException>(() => bad);
    }

    [Fact]
    public async Task One_that_has_given_up_gets_no_turn()
    {
        var (requests, begun, end) = (new List<int>(), new TaskCompletionSource(), new TaskCompletionSource());
        var shared = new SharedTurns<int, int>(
            async (_, turn) =>
            {
                requests.AddRange(turn.Select(waiting => waiting.Request));
                begun.TrySetResult();
                await end.Task;
                AnswerAll(turn);
            },
            _places);
        using var patience = new CancellationTokenSource();

        var first = shared.AskAsync("a", 1, default);
        await begun.Task;
        var (impatient, last) = (shared.AskAsync("a", 2, patience.Token), shared.AskAsync("a", 3, default));
        await patience.CancelAsync();
        end.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.Equal((10, 30), (await first, await last));
        Assert.Equal([1, 3], requests);
    }

    public void Dispose() => _places.Dispose();

    private static void AnswerAll(IReadOnlyList<Waiting<int, int>> turn)
    {
        foreach (var waiting in turn)
        {
            waiting.Answer(10 * waiting.Request);
        }
    }
}
