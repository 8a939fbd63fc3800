using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using Workbench.Components.Parts;

namespace Workbench.Tests.Components.Parts;

public sealed class FocusTests : ComponentTests
{
    [Fact]
    public void What_was_not_rendered_yet_can_not_be_focused() => Assert.False(Focus.CanMoveTo(default));

    [Fact]
    public async Task An_element_that_the_browser_has_no_more_costs_nothing()
    {
        var element = new ElementReference("gone", new WebElementReferenceContext(JSInterop.JSRuntime));
        JSInterop.SetupVoid("Blazor._internal.domWrapper.focus", _ => true).SetException(new JSException("Unable to focus an invalid element."));

        Assert.True(Focus.CanMoveTo(element));
        await Focus.MoveToAsync(element);

        Assert.Single(JSInterop.Invocations);
    }
}
