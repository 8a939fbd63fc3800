using System.Runtime.CompilerServices;
using Bunit;

namespace Workbench.Tests.Components;

/// <summary>How long bUnit waits for a component to be as a test expects it: as long as it takes on a machine that has a lot else to do.</summary>
internal static class Patience
{
    [ModuleInitializer]
    internal static void Have() => BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(20);
}
