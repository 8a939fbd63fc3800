using Bunit;

namespace Workbench.Tests.Components;

/// <summary>Tests of components, which wait as long as it takes on a machine that has a lot else to do.</summary>
public abstract class ComponentTests : BunitContext
{
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    static ComponentTests() => DefaultWaitTimeout = Limit;
}
