namespace Workbench.Core.Tracking;

/// <summary>
/// Waits for the disk in the place of statements that did not (<c>synchronous_commit = off</c>): all that come while it waits share the next wait.
/// So none of them holds a lock, or a thread, while the disk writes.
/// </summary>
internal sealed class GroupCommit(Database database)
{
    // The smallest record that a commit has to wait for; with it all before it is on disk.
    private const string Sql = "SELECT pg_logical_emit_message(true, 'workbench', '')";

    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;
    private Task? _next;

    /// <summary>Returns when everything is on disk that was committed before the call.</summary>
    public Task FlushAsync()
    {
        lock (_gate)
        {
            return _next ??= AfterAsync(_last);
        }
    }

    private async Task AfterAsync(Task last)
    {
        // Whether it failed concerns those who wait for it.
        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_gate)
        {
            (_last, _next) = (_next!, null);
        }
        await using var command = database.Durable.CreateCommand(Sql);
        await command.ExecuteNonQueryAsync();
    }
}
