using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Workbench.Telemetry;

namespace Workbench.Tests.Telemetry;

public sealed class ConsoleLogTests
{
    [Fact]
    public void Warnings_are_logged_on_the_standard_error_one_line_each_with_their_exception()
    {
        using var host = Host();

        Assert.True(IsEnabled(host, "Workbench.Core.Studies.TrialJob", LogLevel.Warning));
        Assert.False(IsEnabled(host, "Workbench.Core.Studies.TrialJob", LogLevel.Information));
        var console = host.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value;
        Assert.Equal((ConsoleFormatterNames.Simple, LogLevel.Trace), (console.FormatterName, console.LogToStandardErrorThreshold));
        Assert.True(host.Services.GetRequiredService<IOptions<SimpleConsoleFormatterOptions>>().Value.SingleLine);
    }

    [Theory]
    [InlineData("Hangfire.Server", LogLevel.Warning)]
    [InlineData("Microsoft.EntityFrameworkCore.Database", LogLevel.Critical)]
    public void What_callers_report_is_not_logged_twice(string category, LogLevel level)
    {
        using var host = Host();

        Assert.False(IsEnabled(host, category, level));
    }

    [Fact]
    public void The_addresses_of_requests_one_of_which_holds_a_token_are_logged_only_where_just_that_was_asked_for()
    {
        const string Requests = "Microsoft.AspNetCore.Hosting.Diagnostics";
        using var talkative = Host(("Logging:LogLevel:Default", "Debug"), ("Logging:LogLevel:Microsoft.AspNetCore", "Debug"));
        using var asked = Host(($"Logging:LogLevel:{Requests}", "Information"));

        Assert.False(IsEnabled(talkative, Requests, LogLevel.Information));
        Assert.True(IsEnabled(asked, Requests, LogLevel.Information));
    }

    [Fact]
    public void The_configuration_decides_the_levels_and_the_format()
    {
        using var host = Host(
            ("Logging:LogLevel:Default", "Error"), ("Logging:LogLevel:Hangfire", "Information"), ("Logging:Console:FormatterName", "json"));

        Assert.False(IsEnabled(host, "Workbench", LogLevel.Warning));
        Assert.True(IsEnabled(host, "Hangfire.Server", LogLevel.Information));
        Assert.Equal("json", host.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
    }

    private static bool IsEnabled(IHost host, string category, LogLevel level) =>
        host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(level);

    private static IHost Host(params (string Name, string Value)[] settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)));
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.AddConsoleLog();
        return builder.Build();
    }
}
