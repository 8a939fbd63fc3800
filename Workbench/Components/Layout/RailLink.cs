using Microsoft.AspNetCore.Components.Routing;

namespace Workbench.Components.Layout;

/// <summary>A place on the rail. Studies are also what shows at the workbench's own address.</summary>
public sealed class RailLink : NavLink
{
    /// <inheritdoc/>
    protected override bool ShouldMatch(string uriAbsolute) => base.ShouldMatch(uriAbsolute)
        || (new Uri(uriAbsolute).AbsolutePath == "/" && AdditionalAttributes?.GetValueOrDefault("href") is "studies");
}
