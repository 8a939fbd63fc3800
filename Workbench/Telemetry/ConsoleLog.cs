using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging.Console;

namespace Workbench.Telemetry;

/// <summary>The log: on the standard error, since the other stream is for what was asked for.</summary>
internal static class ConsoleLog
{
    // Beneath all other configuration, which changes any of it: Logging__LogLevel__Hangfire=Information, Logging__Console__FormatterName=json.
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        ["Logging:LogLevel:Default"] = nameof(LogLevel.Warning),
        // It warns of every job that the end of the program interrupts: that is run again. Failed jobs are logged by the jobs themselves.
        ["Logging:LogLevel:Hangfire"] = nameof(LogLevel.Error),
        // It tells the whole address of every request, and the link that signs in has a token in it.
        ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = nameof(LogLevel.Warning),
        // These tell what their callers report anyway.
        ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = nameof(LogLevel.None),
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = nameof(LogLevel.None),
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = nameof(LogLevel.Critical),
        ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = nameof(LogLevel.Error),
        ["Logging:LogLevel:Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware"] = nameof(LogLevel.None),
        ["Logging:Console:FormatterName"] = ConsoleFormatterNames.Simple,
        // A message is one line, with all of its exception.
        ["Logging:Console:FormatterOptions:SingleLine"] = "true",
        ["Logging:Console:LogToStandardErrorThreshold"] = nameof(LogLevel.Trace),
    };

    /// <summary>Sets how the program logs unless the configuration says otherwise.</summary>
    public static void AddConsoleLog(this IHostApplicationBuilder builder)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        builder.Logging.AddConsole();
    }
}
