using Microsoft.Extensions.DependencyInjection;
using Workbench.Components.Layout;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components;

/// <summary>Components of the shell, on all that pages have.</summary>
public abstract class ShellContext : PageTests
{
    internal Catalog Catalog => Services.GetRequiredService<Catalog>();

    /// <summary>Runs one trial of a study to its end.</summary>
    internal void RunTrial(Study study) => Finish(study, 0, 0.9);
}
