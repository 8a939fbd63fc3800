using System.Diagnostics;
using System.Globalization;
using Workbench.Core.Commands;
using Workbench.Tests.Platform;

namespace Workbench.Tests.Studies;

/// <summary>Programs under their supervisor.</summary>
public sealed class CommandProcessTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _lines = [];

    [Fact]
    public async Task Arguments_pass_as_they_are_and_the_exit_code_and_both_streams_are_told()
    {
        await using var process = Start(0, "sh", "-c", "printf '%s\\n' \"$@\"; echo bad >&2; cat; exit 3", "sh", "a b", "$HOME", "*", "");

        Assert.Equal(3, await process.EndAsync().WaitAsync(Limit));
        Assert.Equal(["a b", "$HOME", "*"], _lines.Where(line => line[0] == 'o').Select(line => line[1..]));
        Assert.Contains("ebad", _lines);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told_by_its_name()
    {
        await using var process = Start(0, "no-such-program");

        Assert.Equal(Supervisor.NotStarted, await process.EndAsync().WaitAsync(Limit));
        Assert.Contains("eno-such-program can't be started", Assert.Single(_lines));
    }

    [Fact]
    public async Task A_stop_reaches_all_descendants_and_gives_them_their_grace()
    {
        // The second one is in a session of its own, and its parent ends.
        await using var process = Start(
            30, "sh", "-c", "trap 'echo ended; exit 5' TERM; (setsid sh -c 'echo $$; exec sleep 1000' &); sh -c 'echo $$; sleep 1000' & while :; do sleep 0.01; done");
        var ids = await PrintedAsync(2);

        process.Stop();

        Assert.Equal(5, await process.EndAsync().WaitAsync(Limit));
        Assert.Contains("oended", _lines);
        Assert.All(ids, id => Assert.False(Lives(id)));
    }

    [Fact]
    public async Task What_does_not_heed_the_stop_is_killed()
    {
        await using var process = Start(0.1, "sh", "-c", "trap '' TERM; echo $$; while :; do sleep 0.01; done");
        var ids = await PrintedAsync(1);

        process.Stop();

        Assert.Equal(128 + 9, await process.EndAsync().WaitAsync(Limit));
        Assert.All(ids, id => Assert.False(Lives(id)));
    }

    [Fact]
    public async Task What_a_program_leaves_behind_ends_with_it()
    {
        await using var process = Start(1, "sh", "-c", "sleep 1000 & echo $!");

        Assert.Equal(0, await process.EndAsync().WaitAsync(Limit));
        Assert.False(Lives(int.Parse(Assert.Single(_lines)[1..], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void The_log_keeps_the_beginning_and_the_end()
    {
        var path = Path.Combine(_folder.Path, "log");
        using (var log = new OutputLog(path))
        {
            log.Add("first", false);
            for (var i = 0; i < 2 * OutputLog.MostBytes / 100; i++)
            {
                log.Add(new string('x', 99), false);
            }
            log.Add("last", true);
            Assert.EndsWith("x\nlast\n", log.ReadTail(), StringComparison.Ordinal);
            Assert.InRange(log.ReadTail().Length, OutputLog.MostTail / 2, OutputLog.MostTail);
            Assert.Equal("last", log.LastError);
        }
        var kept = File.ReadAllText(path);
        Assert.StartsWith("first\n", kept, StringComparison.Ordinal);
        Assert.EndsWith("last\n", kept, StringComparison.Ordinal);
        Assert.Contains("bytes are not kept", kept);
        Assert.InRange(kept.Length, OutputLog.MostBytes, OutputLog.MostBytes + 2 * OutputLog.MostTail);
    }

    public void Dispose() => _folder.Dispose();

    private static bool Lives(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private CommandProcess Start(double grace, params string[] arguments) => CommandProcess.Start(
        new CommandOrder(arguments, _folder.Path, new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! }, grace),
        (line, isError) =>
        {
            lock (_lines)
            {
                _lines.Add($"{(isError ? 'e' : 'o')}{line}");
            }
            return ValueTask.CompletedTask;
        });

    private async Task<List<int>> PrintedAsync(int count)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            lock (_lines)
            {
                if (_lines.Count >= count)
                {
                    return [.. _lines.Select(line => int.Parse(line[1..], CultureInfo.InvariantCulture))];
                }
            }
            await pause.WaitForNextTickAsync(limit.Token);
        }
    }
}
