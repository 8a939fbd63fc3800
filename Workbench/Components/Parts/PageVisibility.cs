using Microsoft.JSInterop;

namespace Workbench.Components.Parts;

/// <summary>Whether the page of this circuit can be seen: a tab in the background is not drawn until a person looks at it.</summary>
public sealed class PageVisibility
{
    /// <summary>Raised, on the circuit, when the page comes into sight again.</summary>
    public event Action? Shown;

    /// <summary>Whether it is in sight; so it is until the browser says otherwise.</summary>
    public bool IsVisible { get; private set; } = true;

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public void Set(bool visible)
    {
        IsVisible = visible;
        if (visible)
        {
            Shown?.Invoke();
        }
    }
}
