using System.CommandLine;
using System.CommandLine.Parsing;
using System.Reflection;
using Workbench.Core.Configuration;

namespace Workbench.Commands;

/// <summary>An option of the command line that is a setting: what it takes goes the way of the environment's and appsettings.json's.</summary>
internal sealed class SettingOption : Option<string>
{
    private readonly SettingAttribute _setting;

    private SettingOption(SettingAttribute setting, string description)
        : base(setting.Option!) => (_setting, Description) = (setting, description);

    /// <summary>The option for a property of an options class; its help shows the property's default.</summary>
    public static SettingOption For<TOptions>(string property, string description)
        where TOptions : new()
    {
        var found = typeof(TOptions).GetProperty(property)!;
        var option = new SettingOption(found.GetCustomAttribute<SettingAttribute>()!, description);
        if (found.GetValue(new TOptions()) is { } value)
        {
            option.DefaultValueFactory = _ => $"{value}";
        }
        return option;
    }

    /// <summary>The settings among what was typed.</summary>
    public static CommandLineSettings Given(ParseResult arguments)
    {
        var given = new CommandLineSettings();
        foreach (var option in Lineage(arguments.CommandResult).SelectMany(command => command.Options).OfType<SettingOption>())
        {
            if (arguments.GetResult(option) is { Implicit: false } result)
            {
                given.Add(option._setting, result.Tokens is [] ? bool.TrueString : result.GetValueOrDefault<string>());
            }
        }
        return given;
    }

    // `token add` lies two commands below the one that has --data.
    private static IEnumerable<Command> Lineage(SymbolResult? result)
    {
        for (; result is CommandResult { Command: var command }; result = result.Parent)
        {
            yield return command;
        }
    }
}
