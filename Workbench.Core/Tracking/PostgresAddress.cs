using Npgsql;

namespace Workbench.Core.Tracking;

/// <summary>Reads where a database is, in either of the two forms people have it in.</summary>
internal static class PostgresAddress
{
    private const string Examples = "Host=db;Username=workbench;Password=…;Database=workbench or postgres://workbench:…@db:5432/workbench";

    /// <summary>The connection string for Npgsql.</summary>
    /// <param name="text">A connection string, or an address that begins with postgres:// or postgresql://.</param>
    /// <exception cref="FormatException">It is neither. The message continues a sentence that names the setting, and repeats nothing of
    /// the text: any part of it may be the password.</exception>
    public static string Parse(string text)
    {
        var trimmed = text.Trim();
        try
        {
            var parsed = trimmed.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
                || trimmed.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
                    ? FromAddress(trimmed)
                    : new NpgsqlConnectionStringBuilder(trimmed);
            return string.IsNullOrWhiteSpace(parsed.Host)
                ? throw new FormatException($"names no host; it must be like {Examples}.")
                : parsed.ConnectionString;
        }
        // Npgsql throws whatever its parts throw, and its words would show the value.
        catch (Exception exception) when (exception is ArgumentException or FormatException { InnerException: not null }
            or UriFormatException or InvalidCastException or OverflowException or NotSupportedException)
        {
            throw new FormatException($"can't be read; it must be like {Examples}. A value that holds ; or = stands in quotes, and in an "
                + "address the characters : / ? # @ % of a password are written as %3A %2F %3F %23 %40 %25.");
        }
    }

    private static NpgsqlConnectionStringBuilder FromAddress(string text)
    {
        var address = new Uri(text);
        var user = address.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder { Host = Uri.UnescapeDataString(address.Host).Trim('[', ']') };
        if (address.Port > 0)
        {
            builder.Port = address.Port;
        }
        if (user[0].Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(user[0]);
        }
        if (user.Length > 1)
        {
            builder.Password = Uri.UnescapeDataString(user[1]);
        }
        if (address.AbsolutePath.Trim('/') is { Length: > 0 } database)
        {
            builder.Database = Uri.UnescapeDataString(database);
        }
        foreach (var part in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = part.Split('=', 2) is [var n, var v] ? (Uri.UnescapeDataString(n), Uri.UnescapeDataString(v)) : (part, "");
            builder[Keyword(name)] = Value(name, value);
        }
        return builder;
    }

    // libpq's names, as they stand in such addresses, where Npgsql's differ.
    private static string Keyword(string name) => name switch
    {
        "application_name" => "Application Name",
        "channel_binding" => "Channel Binding",
        "client_encoding" => "Client Encoding",
        "connect_timeout" => "Timeout",
        "gssencmode" => "GSS Encryption Mode",
        "sslcert" => "SSL Certificate",
        "sslkey" => "SSL Key",
        "sslmode" => "SSL Mode",
        "sslpassword" => "SSL Password",
        "sslrootcert" => "Root Certificate",
        "target_session_attrs" => "Target Session Attributes",
        _ => name,
    };

    // verify-full is VerifyFull.
    private static string Value(string name, string value) =>
        name is "sslmode" or "gssencmode" or "channel_binding" ? value.Replace("-", "", StringComparison.Ordinal) : value;
}
