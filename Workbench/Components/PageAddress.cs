using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using RouteData = Microsoft.AspNetCore.Components.RouteData;

namespace Workbench.Components;

/// <summary>Marks a page's parameter that its address carries after the question mark.</summary>
/// <remarks>Blazor's own <see cref="SupplyParameterFromQueryAttribute"/> ends the circuit when one component that reads the address brings
/// another into being, be it a part of the page or, while a slow browser is behind with drawing, the next page
/// (https://github.com/dotnet/aspnetcore/issues/57746).</remarks>
/// <param name="name">The parameter's name in the address.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InAddressAttribute(string name) : Attribute
{
    /// <summary>The parameter's name in the address.</summary>
    public string Name { get; } = name;
}

/// <summary>What an address says to the page it leads to.</summary>
public static class PageAddress
{
    /// <summary>A route with all parameters of its page that are marked <see cref="InAddressAttribute"/>: those that the address does not
    /// carry are null.</summary>
    /// <param name="route">What the router made of the address.</param>
    /// <param name="address">The whole address.</param>
    public static RouteData Read(RouteData route, string address)
    {
        var query = QueryHelpers.ParseQuery(new Uri(address).Query);
        var values = new Dictionary<string, object?>(route.RouteValues);
        foreach (var property in route.PageType.GetProperties())
        {
            if (property.GetCustomAttribute<InAddressAttribute>() is { } parameter)
            {
                values[property.Name] = query.TryGetValue(parameter.Name, out var value) ? value[0] : null;
            }
        }
        return new RouteData(route.PageType, values) { Template = route.Template };
    }
}
