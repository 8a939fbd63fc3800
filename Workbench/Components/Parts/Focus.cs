using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Workbench.Components.Parts;

/// <summary>Moves the focus of the keyboard.</summary>
internal static class Focus
{
    /// <summary>
    /// Whether an element can be focused after this render. While a browser has not confirmed what it was sent, Blazor holds renders back, and
    /// <see cref="ComponentBase.OnAfterRenderAsync"/> is called for an earlier one than the state of the component belongs to.
    /// </summary>
    /// <param name="element">What to focus.</param>
    public static bool CanMoveTo(ElementReference element) => element.Id is not null;

    /// <summary>Focuses an element; nothing happens when the browser has it no more, which would end the circuit otherwise.</summary>
    /// <param name="element">What to focus.</param>
    public static async Task MoveToAsync(ElementReference element)
    {
        try
        {
            await element.FocusAsync();
        }
        catch (Exception exception) when (exception is JSException or JSDisconnectedException)
        {
            // It was removed meanwhile, or the page was closed.
        }
    }
}
