using System.Data;
using Hangfire.PostgreSql;
using Hangfire.Storage;
using Workbench.Core.Tracking;

namespace Workbench.Core.Jobs;

/// <summary>
/// The queue of Hangfire.PostgreSql, but that jobs are announced on the change feed, over which one connection of each process wakes its
/// workers. The long polling of Hangfire.PostgreSql takes a connection for each worker that waits.
/// </summary>
internal sealed class AnnouncedQueue(PostgreSqlStorage storage, PostgreSqlStorageOptions options) : IPersistentJobQueueProvider, IPersistentJobQueue
{
    private static readonly string Announcement = $"SELECT pg_notify('{Change.Channel}', '{new Change(ChangeKind.Job).Payload}')";

    private readonly PostgreSqlJobQueue _queue = new(storage);
    private readonly Monitoring _monitoring = new(new PostgreSqlJobQueueProvider(storage, options).GetJobQueueMonitoringApi());

    /// <inheritdoc/>
    public IPersistentJobQueue GetJobQueue() => this;

    /// <inheritdoc/>
    public IPersistentJobQueueMonitoringApi GetJobQueueMonitoringApi() => _monitoring;

    /// <summary>Called in the transaction that queues the job.</summary>
    public void Enqueue(IDbConnection connection, string queue, string jobId)
    {
        _queue.Enqueue(connection, queue, jobId);
        using var command = connection.CreateCommand();
        command.CommandText = Announcement;
        command.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public IFetchedJob Dequeue(string[] queues, CancellationToken cancellationToken) => _queue.Dequeue(queues, cancellationToken);

    /// <summary>Has workers that wait look at the queue now.</summary>
    /// <param name="workers">How many.</param>
    public void Wake(int workers)
    {
        for (var i = 0; i < workers; i++)
        {
            _queue.FetchNextJob();
        }
    }

    // The storage's own provider names the queues; named here they would be listed twice.
    private sealed class Monitoring(IPersistentJobQueueMonitoringApi queue) : IPersistentJobQueueMonitoringApi
    {
        public IEnumerable<string> GetQueues() => [];

        public IEnumerable<long> GetEnqueuedJobIds(string name, int from, int perPage) => queue.GetEnqueuedJobIds(name, from, perPage);

        public IEnumerable<long> GetFetchedJobIds(string name, int from, int perPage) => queue.GetFetchedJobIds(name, from, perPage);

        public EnqueuedAndFetchedCountDto GetEnqueuedAndFetchedCount(string name) => queue.GetEnqueuedAndFetchedCount(name);
    }
}
