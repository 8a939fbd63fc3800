using System.ComponentModel.DataAnnotations;
using Workbench.Core.Configuration;

namespace Workbench.Core.Tracking;

/// <summary>Which database holds studies, runs and models, and how it is used.</summary>
public sealed class DatabaseOptions : IValidatableObject
{
    /// <summary>The setting that names the database.</summary>
    public const string ConnectionKey = "ConnectionStrings:Workbench";

    /// <summary>The setting that names the way to the database past a connection pooler.</summary>
    public const string DirectKey = "ConnectionStrings:WorkbenchDirect";

    /// <summary>A connection string of Npgsql, or an address such as <c>postgres://user:password@host/database</c>; null for a private
    /// server in the data folder.</summary>
    [Setting(ConnectionKey, Secret = true)]
    public string? Connection { get; set; }

    /// <summary>The same database without the connection pooler (PgBouncer) that <see cref="Connection"/> leads through. One connection of
    /// each process, which listens for changes, goes this way.</summary>
    [Setting(DirectKey, Secret = true)]
    public string? Direct { get; set; }

    /// <summary>The most connections of this process, at least <see cref="LeastConnections"/>; work waits for one that is free. Null for 20,
    /// or for a quarter of what the server has if that is less.</summary>
    [Setting("Workbench:Database:MaxConnections"), Range(LeastConnections, 1000)]
    public int? MaxConnections { get; set; }

    /// <summary>How long a start waits for a database that is away, starting or recovering.</summary>
    [Setting("Workbench:Database:StartLimit"), Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StartLimit { get; set; } = TimeSpan.FromMinutes(1);

    internal const int LeastConnections = 6;

    private const int UsualConnections = 20;

    /// <summary><see cref="Connection"/> as Npgsql reads it.</summary>
    /// <exception cref="FormatException">It is neither form.</exception>
    public string? ConnectionString => Parse(Connection);

    /// <summary><see cref="Direct"/> as Npgsql reads it.</summary>
    /// <exception cref="FormatException">It is neither form.</exception>
    public string? DirectConnectionString => Parse(Direct);

    /// <summary>The most connections of a process: <see cref="MaxConnections"/>, or its default on a server that has so many.</summary>
    /// <param name="connections">What the server has.</param>
    public int MostOf(int connections) => MaxConnections ?? Math.Clamp(connections / 4, LeastConnections, UsualConnections);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (key, text) in new[] { (ConnectionKey, Connection), (DirectKey, Direct) })
        {
            if (Fault(text) is { } fault)
            {
                yield return new ValidationResult($"{key} {fault}");
            }
        }
        if (string.IsNullOrWhiteSpace(Connection) && !string.IsNullOrWhiteSpace(Direct))
        {
            yield return new ValidationResult($"{DirectKey} is set, but {ConnectionKey} is not. Set that one, too, or only that one.");
        }
    }

    private static string? Parse(string? text) => string.IsNullOrWhiteSpace(text) ? null : PostgresAddress.Parse(text);

    private static string? Fault(string? text)
    {
        try
        {
            _ = Parse(text);
            return null;
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }
}
