using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Workbench.Core.Configuration;

/// <summary>Registers options classes whose properties carry a <see cref="SettingAttribute"/>.</summary>
public static class SettingsServices
{
    /// <summary>Adds an options class: filled from the configuration, checked before the host starts.</summary>
    public static IServiceCollection AddSettings<TOptions>(this IServiceCollection services)
        where TOptions : class
    {
        services.AddOptions<TOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<TOptions>, SettingsReader<TOptions>>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, SettingsReader<TOptions>>());
        return services;
    }

    /// <summary>The values of an options class.</summary>
    public static TOptions Settings<TOptions>(this IServiceProvider services)
        where TOptions : class => services.GetRequiredService<IOptions<TOptions>>().Value;
}
