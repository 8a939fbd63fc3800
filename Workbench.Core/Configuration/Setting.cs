using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Workbench.Core.Configuration;

/// <summary>One property of an options class, with where its value comes from and what it may be.</summary>
internal sealed record Setting(PropertyInfo Property, SettingAttribute Attribute, IReadOnlyList<ValidationAttribute> Rules)
{
    /// <summary>The settings that fill an options class.</summary>
    public static IEnumerable<Setting> Of<TOptions>() =>
        from property in typeof(TOptions).GetProperties()
        let attribute = property.GetCustomAttribute<SettingAttribute>()
        where attribute is not null
        select new Setting(property, attribute, [.. property.GetCustomAttributes<ValidationAttribute>()]);

    /// <summary>What would be right, to follow "it must be".</summary>
    public string Expected => Kind + (Rules.OfType<RangeAttribute>().FirstOrDefault() is { } range
        ? string.Create(CultureInfo.InvariantCulture, $" from {range.Minimum} to {range.Maximum}")
        : "");

    private string Kind => (Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType) switch
    {
        var type when type == typeof(bool) => "true or false",
        var type when type == typeof(TimeSpan) => "a time such as 00:00:30 (hours, minutes, seconds),",
        var type when type == typeof(double) => "a number",
        var type when type == typeof(string) => "a text",
        { IsEnum: true } type => $"one of {string.Join(", ", Enum.GetNames(type)).ToLowerInvariant()}",
        _ => "a whole number",
    };
}
