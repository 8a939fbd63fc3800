using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Workbench.Components.Layout;

/// <summary>A place on the rail. Studies are also what shows at the workbench's own address.</summary>
public sealed class RailLink : NavLink
{
    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    /// <inheritdoc/>
    protected override bool ShouldMatch(string uriAbsolute) => base.ShouldMatch(uriAbsolute)
        || (uriAbsolute.Split('?', '#')[0] == Navigation.BaseUri && AdditionalAttributes?.GetValueOrDefault("href") is "studies");
}
