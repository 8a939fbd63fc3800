using System.CommandLine;
using Workbench.Telemetry;

namespace Workbench.Commands;

/// <summary>What the hosts of all verbs have in common.</summary>
internal static class Preparation
{
    /// <summary>Adds what was typed to the configuration, and the log and the exporters that it asks for.</summary>
    public static void Prepare(this IHostApplicationBuilder builder, ParseResult arguments)
    {
        builder.Configuration.Sources.Add(SettingOption.Given(arguments));
        builder.AddConsoleLog();
        builder.AddTelemetry();
    }
}
