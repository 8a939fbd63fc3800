using Workbench.Components.Charts;
using Workbench.Core.Search;

namespace Workbench.Components.Studies.Analysis;

/// <summary>What a person can choose about the plots of a study.</summary>
[Flags]
public enum PlotControls
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Whether outliers are in view, and whether the values lie on a logarithmic axis.</summary>
    Values = 1,

    /// <summary>The first parameter.</summary>
    X = 2,

    /// <summary>The second parameter.</summary>
    Y = 4,

    /// <summary>The metric.</summary>
    Metric = 8,
}

/// <summary>What a person has chosen about the plots of a study: the same for all of them, so that they can be read side by side.</summary>
/// <param name="Values">The axis of the objective.</param>
/// <param name="Metric">The metric of the curves.</param>
/// <param name="X">The first parameter; null when none is searched.</param>
/// <param name="Y">The second parameter; null when fewer than two are searched.</param>
public sealed record PlotOptions(ValueScale Values, string Metric, Parameter? X, Parameter? Y)
{
    /// <summary>The options as an address names them. What it does not name, or names wrongly, is as usual.</summary>
    public static PlotOptions Of(SearchSpace space, string objective, string? range, string? scale, string? metric, string? x, string? y)
    {
        var searched = ParameterScale.Searched(space).ToList();
        var first = searched.Find(p => p.Name == x) ?? searched.FirstOrDefault(p => p.Name != y);
        var second = searched.Find(p => p.Name == y) ?? searched.FirstOrDefault(p => p.Name != first?.Name);
        return new(new ValueScale(range != "all", scale == "log"), metric ?? objective, first, second);
    }
}
