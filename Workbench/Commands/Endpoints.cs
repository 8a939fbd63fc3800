using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Workbench.Core.Platform;
using Workbench.Core.Tracking;

namespace Workbench.Commands;

/// <summary>Where Kestrel listens: on what <c>--host</c> and <c>--port</c> say, and on the endpoints of its own settings.</summary>
internal static class Endpoints
{
    private const string Settings = "Kestrel:Endpoints";

    /// <summary>Tells Kestrel. With a default certificate <c>--host</c> and <c>--port</c> speak TLS. Where Kestrel's settings name endpoints, those
    /// take the place of the default host and port; a host or port that was given is listened on besides.</summary>
    public static void ListenOn(this WebApplicationBuilder builder, ListenAddress address)
    {
        var settings = builder.Configuration;
        var urls = settings.GetSection("Kestrel:Certificates:Default").Exists()
            ? [.. address.Urls.Select(url => url.Replace("http://", "https://", StringComparison.Ordinal))]
            : address.Urls;
        if (!settings.GetSection(Settings).Exists())
        {
            builder.WebHost.UseUrls([.. urls]);
        }
        else if (settings["Workbench:Host"] is not null || settings["Workbench:Port"] is not null)
        {
            foreach (var (index, url) in urls.Index())
            {
                settings[$"{Settings}:Workbench{index}:Url"] = url;
            }
        }
    }

    /// <summary>The address to show first: one by which others come, if there is one, and whether it is.</summary>
    public static (string Url, bool IsLoopback) Foremost(this WebApplication app) =>
        app.Urls.FirstOrDefault(url => !IsLoopback(url)) is { } open ? (open, false) : (app.Urls.First(), true);

    /// <summary>Why the program could not listen, in a sentence where that is known.</summary>
    public static Exception Describe(Exception exception, ListenOptions asked, IConfiguration settings) => exception switch
    {
        IOException { InnerException: AddressInUseException } when !exception.Message.Contains($":{asked.Port}:", StringComparison.Ordinal) =>
            new StartupException($"{exception.Message.TrimEnd('.')}. Stop the program that has it, or change {Settings}."),
        IOException { InnerException: AddressInUseException } =>
            new StartupException($"Port {asked.Port} on {asked.Host} is taken. Stop the program that has it, or choose another with --port."),
        SocketException when settings.GetSection(Settings).Exists() => new StartupException(
            $"An address of {Settings}, or that of --host and --port, cannot be listened on: {exception.Message}."),
        SocketException => new StartupException(
            $"Port {asked.Port} on {asked.Host} cannot be listened on: {exception.Message}. Choose others with --host and --port."),
        CryptographicException or IOException or UnauthorizedAccessException or FormatException or ArgumentException or InvalidOperationException
            or NotSupportedException when IsOfKestrel(exception) => new FieldException("Kestrel", $"Kestrel's settings can't be used: {Reason(exception)}. {Advice(settings)}"),
        _ => exception,
    };

    // What the settings name, it opens itself: its files, keys and addresses are no others' fault.
    private static bool IsOfKestrel(Exception exception) =>
        exception.StackTrace?.Contains("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal) == true;

    private static string Reason(Exception exception) => exception.Message.ReplaceLineEndings(" ").TrimEnd('.');

    private static string Advice(IConfiguration settings)
    {
        var files = settings.GetSection("Kestrel").AsEnumerable()
            .Where(setting => setting.Value is { Length: > 0 } && setting.Key.Split(':')[^1] is "Path" or "KeyPath")
            .Select(setting => $"{setting.Key} ({setting.Value})").Order().ToList();
        return files.Count == 0 ? $"Check {Settings}." : $"Check {string.Join(" and ", files)}, and the password if there is one.";
    }

    private static bool IsLoopback(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address)
        && (address.Host == "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var number) && IPAddress.IsLoopback(number)));
}
