namespace Workbench.Core.Configuration;

/// <summary>Where the value of an option comes from. It may be overridden by the command line, the environment and appsettings.json alike.</summary>
/// <param name="key">The setting's name in the configuration, such as <c>Workbench:Port</c>.</param>
/// <param name="alternatives">Names that are looked up, in this order, when nothing stands under <paramref name="key"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string key, params string[] alternatives) : Attribute
{
    /// <summary>The setting's name in the configuration.</summary>
    public string Key { get; } = key;

    /// <summary>Other names for it.</summary>
    public IReadOnlyList<string> Alternatives { get; } = alternatives;

    /// <summary>The option of the command line that sets it, such as <c>--port</c>; null if none does.</summary>
    public string? Option { get; init; }

    /// <summary>Whether the value is to be shown to no one, not even in a message about it.</summary>
    public bool Secret { get; init; }
}
