using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Workbench.Core.Configuration;

namespace Workbench.Tests.Configuration;

/// <summary>Reads options as the program does at its start, from settings that a test gives.</summary>
internal static class Settings
{
    public static TOptions Read<TOptions>(params (string Name, string Value)[] settings)
        where TOptions : class => Read<TOptions>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value)).Build());

    public static TOptions Read<TOptions>(IConfiguration configuration)
        where TOptions : class
    {
        using var services = new ServiceCollection().AddSingleton(configuration).AddSettings<TOptions>().BuildServiceProvider();
        return services.Settings<TOptions>();
    }

    /// <summary>What is wrong with the settings; empty if nothing is.</summary>
    public static IReadOnlyList<string> FaultsOf<TOptions>(params (string Name, string Value)[] settings)
        where TOptions : class
    {
        try
        {
            Read<TOptions>(settings);
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return [.. exception.Failures];
        }
    }
}
