using System.ComponentModel.DataAnnotations;
using Workbench.Core.Configuration;

namespace Workbench.Core.Tracking;

/// <summary>Which database holds studies, runs and models.</summary>
public sealed class DatabaseOptions : IValidatableObject
{
    /// <summary>The setting that names the database.</summary>
    public const string ConnectionKey = "ConnectionStrings:Workbench";

    /// <summary>A connection string of Npgsql, or an address such as <c>postgres://user:password@host/database</c>; null for a private
    /// server in the data folder.</summary>
    [Setting(ConnectionKey, Secret = true)]
    public string? Connection { get; set; }

    /// <summary><see cref="Connection"/> as Npgsql reads it.</summary>
    /// <exception cref="FormatException">It is neither form.</exception>
    public string? ConnectionString => string.IsNullOrWhiteSpace(Connection) ? null : PostgresAddress.Parse(Connection);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string? fault = null;
        try
        {
            _ = ConnectionString;
        }
        catch (FormatException exception)
        {
            fault = exception.Message;
        }
        if (fault is not null)
        {
            yield return new ValidationResult($"{ConnectionKey} {fault}");
        }
    }
}
