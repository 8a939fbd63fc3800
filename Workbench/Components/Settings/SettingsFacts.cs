using System.Reflection;
using System.Runtime.InteropServices;
using Npgsql;
using Workbench.Core.Artifacts;
using Workbench.Core.Platform;
using Workbench.Core.Tracking;

namespace Workbench.Components.Settings;

/// <summary>What the settings page tells about how this process was started. No secret is among it.</summary>
public sealed class SettingsFacts(Database database, IArtifactStore artifacts, DataDirectory data, IConfiguration configuration)
{
    /// <summary>The facts, by group.</summary>
    public IEnumerable<(string Title, IReadOnlyList<(string Name, string Value)> Facts)> All()
    {
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var given = !string.IsNullOrWhiteSpace(configuration.GetConnectionString("Workbench"));
        yield return ("Storage",
        [
            ("Database", $"{(given ? "PostgreSQL" : "private PostgreSQL")}, {connection.Database} on {connection.Host}:{connection.Port}"),
            ("Artifacts", artifacts.Description),
            ("Data folder", data.Path),
        ]);
        yield return ("This process",
        [
            ("Machine", $"{Machine.Name}, {Machine.Cores} {(Machine.Cores == 1 ? "core" : "cores")}"),
            ("Worker name", Machine.WorkerName),
            ("System", RuntimeInformation.OSDescription),
            ("Workbench", typeof(SettingsFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]),
            (".NET", Environment.Version.ToString()),
        ]);
    }
}
