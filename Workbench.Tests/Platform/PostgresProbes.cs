using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Workbench.Core.Platform;

namespace Workbench.Tests.Platform;

/// <summary>What the tests ask of a server and of its process.</summary>
static class PostgresProbes
{
    // A pooled connection of an earlier test may lead to a server that is gone.
    static string Unpooled(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;

    public static Task ExecuteAsync(this PrivatePostgres postgres, string sql) =>
        PostgresFixture.ExecuteAsync(Unpooled(postgres.ConnectionString), sql);

    public static Task<T> QueryAsync<T>(this PrivatePostgres postgres, string sql) => QueryAsync<T>(postgres.ConnectionString, sql);

    public static async Task<T> QueryAsync<T>(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(Unpooled(connectionString));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The server's process number; null when it was stopped in good order. A killed one leaves its number behind.</summary>
    public static int? ServerPid(string folder)
    {
        var file = Path.Combine(folder, "postgres", "postmaster.pid");
        return File.Exists(file) ? int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture) : null;
    }

    /// <summary>kill -9 of the server itself, but not of its sessions.</summary>
    public static async Task KillServerAsync(string folder)
    {
        using var server = Process.GetProcessById(ServerPid(folder)!.Value);
        server.Kill();
        // It is nobody's child: how long its remains are seen is up to the system's first process.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!server.HasExited && !(OperatingSystem.IsLinux() && ReadStat(server.Id) is null or [_, _, "Z", ..]))
            await Task.Delay(1, limit.Token);
    }

    /// <summary>The session, in the sense of terminals, that a process is in.</summary>
    public static int SessionId(int pid) => int.Parse(ReadStat(pid)![5], CultureInfo.InvariantCulture);

    // "pid (name) state parent group session ..."
    static string[]? ReadStat(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
