namespace Workbench.Core.Configuration;

/// <summary>A source of configuration that calls settings by names of its own, as the command line does. Messages use them.</summary>
public interface ISettingNames
{
    /// <summary>What a setting is called here, such as <c>--port</c>; null if it was not given here.</summary>
    string? NameOf(string key);
}
