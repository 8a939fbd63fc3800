using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Workbench.Core.Configuration;

/// <summary>
/// Fills an options class from the configuration and checks it: one sentence for each wrong setting, which names it as the user does, shows
/// its value and says what would be right. The binder of the framework throws at the first, and names types of .NET.
/// </summary>
internal sealed class SettingsReader<TOptions>(IConfiguration configuration) : IConfigureOptions<TOptions>, IValidateOptions<TOptions>
    where TOptions : class
{
    public void Configure(TOptions options)
    {
        foreach (var setting in Setting.Of<TOptions>())
        {
            if (Find(setting) is { } found && TryConvert(setting, found.Text, out var value))
            {
                setting.Property.SetValue(options, value);
            }
        }
    }

    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var faults = Setting.Of<TOptions>().Select(setting => Fault(setting, options)).OfType<string>().ToList();
        // What depends on several settings is looked at once each of them is right.
        if (faults is [] && options is IValidatableObject several)
        {
            faults.AddRange(several.Validate(new ValidationContext(options)).Select(result => result.ErrorMessage!));
        }
        return faults is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private string? Fault(Setting setting, TOptions options)
    {
        var found = Find(setting);
        var isRight = found is null || TryConvert(setting, found.Value.Text, out _);
        var value = setting.Property.GetValue(options);
        var broken = isRight && value is not null ? setting.Rules.FirstOrDefault(rule => !rule.IsValid(value)) : null;
        if (isRight && broken is null)
        {
            return null;
        }
        var isNamed = NameOf(found?.Key ?? setting.Attribute.Key);
        var shown = setting.Attribute.Secret ? "not right" : $"'{SafeText.WithoutSecrets(found?.Text ?? $"{value}")}'";
        return $"{isNamed} is {shown}; it must be {broken?.ErrorMessage ?? setting.Expected}.";
    }

    private (string Key, string Text)? Find(Setting setting)
    {
        foreach (var key in (IEnumerable<string>)[setting.Attribute.Key, .. setting.Attribute.Alternatives])
        {
            if (configuration[key] is { } text && !string.IsNullOrWhiteSpace(text))
            {
                return (key, text);
            }
        }
        return null;
    }

    private string NameOf(string key) =>
        (configuration as IConfigurationRoot)?.Providers.OfType<ISettingNames>().Select(given => given.NameOf(key)).FirstOrDefault(name => name is not null) ?? key;

    private static bool TryConvert(Setting setting, string text, out object? value)
    {
        try
        {
            value = TypeDescriptor.GetConverter(setting.Property.PropertyType).ConvertFromInvariantString(text.Trim());
            return true;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            value = null;
            return false;
        }
    }
}
