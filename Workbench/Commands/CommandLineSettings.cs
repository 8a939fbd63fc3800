using Workbench.Core.Configuration;

namespace Workbench.Commands;

/// <summary>The settings that were given on the command line: a source of configuration as the environment is one, and above it.</summary>
internal sealed class CommandLineSettings : ConfigurationProvider, IConfigurationSource, ISettingNames
{
    private readonly Dictionary<string, string> _options = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes the value of an option, as it was typed.</summary>
    public void Add(SettingAttribute setting, string? value)
    {
        Set(setting.Key, value);
        _options[setting.Key] = setting.Option!;
    }

    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <inheritdoc/>
    public string? NameOf(string key) => _options.GetValueOrDefault(key);
}
