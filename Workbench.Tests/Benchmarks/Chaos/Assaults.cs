using Npgsql;

namespace Workbench.Benchmarks.Chaos;

/// <summary>Kills, one after the other, something of the site, and starts again what the site does not start by itself.</summary>
internal sealed class Assaults(Site site, ChaosReport report, Random random)
{
    private static readonly TimeSpan PauseTime = TimeSpan.FromSeconds(40);

    private readonly List<Task> _aftermaths = [];

    public async Task RunAsync(int kills)
    {
        (int Weight, Func<Task> Assault)[] kinds =
        [
            (30, KillWorkerAsync), (15, KillServerAsync), (20, TerminateBackendAsync), (10, KillBackendAsync), (8, KillPostmasterAsync),
            (7, KillStoreAsync), (10, PauseWorkerAsync),
        ];
        // What finds nothing to kill does not count.
        for (var said = 0; report.Kills < kills;)
        {
            await Task.Delay(TimeSpan.FromSeconds(1.5 + 5 * random.NextDouble()));
            var at = random.Next(kinds.Sum(kind => kind.Weight));
            await kinds.First(kind => (at -= kind.Weight) < 0).Assault();
            if (report.Kills / 50 > said)
            {
                said = report.Kills / 50;
                Console.WriteLine($"{report.Kills} kills, {report.Violations} violations");
            }
        }
        await Task.WhenAll(_aftermaths);
    }

    private Task KillWorkerAsync() => KillAsync(site.Workers[random.Next(site.Workers.Count)], "worker");

    private Task KillServerAsync() => KillAsync(site.Server, "server");

    private Task KillAsync(Victim victim, string kind)
    {
        var rest = TimeSpan.FromSeconds(3 * random.NextDouble());
        if (victim.Exists)
        {
            victim.Kill();
            report.Killed(kind, victim.Name);
            Later(rest, victim.Start);
        }
        return Task.CompletedTask;
    }

    private Task PauseWorkerAsync()
    {
        var victim = site.Workers[random.Next(site.Workers.Count)];
        // One at a time: a worker has to live for its promises to be kept.
        if (victim.Lives && !site.Workers.Any(worker => worker.IsPaused))
        {
            report.Killed("pause", $"{victim.Name} stops for {PauseTime.TotalSeconds} s");
            _aftermaths.Add(victim.PauseAsync(PauseTime));
        }
        return Task.CompletedTask;
    }

    private Task TerminateBackendAsync() => OnBackendAsync(async (connection, backend) =>
    {
        await using var command = new NpgsqlCommand("SELECT pg_terminate_backend($1)", connection) { Parameters = { new() { Value = backend } } };
        await command.ExecuteScalarAsync();
        report.Killed("terminated session", $"session {backend} is terminated");
    });

    // Their server ends all other sessions, too, and recovers.
    private Task KillBackendAsync() => OnBackendAsync((_, backend) =>
    {
        if (site.Postmaster is { } postmaster && Signals.IsChild(backend, postmaster))
        {
            report.Killed("backend", $"backend {backend}");
            Signals.Send(backend, "KILL");
        }
        return Task.CompletedTask;
    });

    private async Task OnBackendAsync(Func<NpgsqlConnection, int, Task> assault)
    {
        var choice = random.NextDouble();
        try
        {
            await using var connection = await site.ConnectAsync();
            var backends = new List<int>();
            await using (var command = new NpgsqlCommand(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name <> 'chaos' AND backend_type = 'client backend' ORDER BY pid", connection))
            await using (var reader = await command.ExecuteReaderAsync())
            {
                while (await reader.ReadAsync())
                {
                    backends.Add(reader.GetInt32(0));
                }
            }
            if (backends.Count > 0)
            {
                await assault(connection, backends[(int)(choice * backends.Count)]);
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException)
        {
            report.Write($"no session to kill: {exception.Message}");
        }
    }

    private Task KillPostmasterAsync()
    {
        if (site.Postmaster is { } postmaster && Directory.Exists($"/proc/{postmaster}"))
        {
            report.Killed("postmaster", $"postmaster {postmaster}");
            Signals.Send(postmaster, "KILL");
            Later(TimeSpan.FromSeconds(2), () => site.StartPostgresAsync().GetAwaiter().GetResult());
        }
        return Task.CompletedTask;
    }

    private Task KillStoreAsync()
    {
        var rest = TimeSpan.FromSeconds(2 + 10 * random.NextDouble());
        if (site.Store.IsUp)
        {
            site.Store.Kill();
            report.Killed("store", $"store, for {rest.TotalSeconds:F0} s");
            Later(rest, site.Store.Revive);
        }
        return Task.CompletedTask;
    }

    private void Later(TimeSpan rest, Action act) => _aftermaths.Add(Task.Run(async () =>
    {
        await Task.Delay(rest);
        act();
    }));
}
