using Hangfire.PostgreSql;
using Npgsql;
using Workbench.Core.Tracking;

namespace Workbench.Core.Jobs;

/// <summary>Gives the job queue its share of the process's connections.</summary>
internal sealed class JobConnections(Database database) : IConnectionFactory
{
    /// <inheritdoc/>
    public NpgsqlConnection GetOrCreateConnection() => database.Jobs.CreateConnection();
}
