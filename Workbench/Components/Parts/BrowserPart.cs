using Microsoft.JSInterop;

namespace Workbench.Components.Parts;

/// <summary>
/// The part of a component that lives in the browser: an object that the component's own module makes. A person may leave a page while it
/// is still being made, so that nothing here fails when component, element or page is gone.
/// </summary>
/// <param name="browser">The browser.</param>
/// <param name="module">The module's address. Its <c>create</c> gives null for an element that is gone.</param>
public sealed class BrowserPart(IJSRuntime browser, string module) : IAsyncDisposable
{
    private IJSObjectReference? _module;
    private IJSObjectReference? _part;
    private bool _disposed;

    /// <summary>Whether it can be called.</summary>
    public bool IsThere => _part is not null && !_disposed;

    /// <summary>Makes it, by the module's <c>create</c>.</summary>
    public async Task CreateAsync(params object?[] arguments)
    {
        try
        {
            _module = await browser.InvokeAsync<IJSObjectReference>("import", module);
            if (!_disposed)
            {
                _part = await _module.InvokeAsync<IJSObjectReference?>("create", arguments);
            }
        }
        catch (Exception exception) when (IsGone(exception))
        {
            // With the page everything in it is gone, too.
        }
        if (_disposed)
        {
            await ReleaseAsync();
        }
    }

    /// <summary>Calls one of its functions; nothing happens when it is not there.</summary>
    public async Task CallAsync(string function, params object?[] arguments)
    {
        try
        {
            if (IsThere)
            {
                await _part!.InvokeVoidAsync(function, arguments);
            }
        }
        catch (Exception exception) when (IsGone(exception))
        {
            // As above.
        }
    }

    /// <summary>Calls its <c>dispose</c>, and lets go of it.</summary>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        return ReleaseAsync();
    }

    private async ValueTask ReleaseAsync()
    {
        var (part, loaded) = (_part, _module);
        (_part, _module) = (null, null);
        try
        {
            if (part is not null)
            {
                await part.InvokeVoidAsync("dispose");
                await part.DisposeAsync();
            }
            if (loaded is not null)
            {
                await loaded.DisposeAsync();
            }
        }
        catch (Exception exception) when (IsGone(exception))
        {
            // As above.
        }
    }

    private static bool IsGone(Exception exception) => exception is JSDisconnectedException or OperationCanceledException;
}
