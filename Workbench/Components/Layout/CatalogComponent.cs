using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Workbench.Components.Parts;

namespace Workbench.Components.Layout;

/// <summary>
/// A part of the shell that shows what the <see cref="Catalog"/> and the address say, and follows both while the page can be seen.
/// </summary>
public abstract class CatalogComponent : ComponentBase, IDisposable
{
    private IDisposable? _watch;
    private bool _closed;

    [Inject]
    internal Catalog Catalog { get; set; } = default!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private PageVisibility Visibility { get; set; } = default!;

    /// <summary>Where the person is, relative to the workbench's own address.</summary>
    protected string Address => Navigation.ToBaseRelativePath(Navigation.Uri);

    /// <summary>Called, on the circuit and before a render, when the catalog or the address has changed.</summary>
    protected virtual void Follow()
    {
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }
        Navigation.LocationChanged += OnMoved;
        Visibility.Shown += Update;
        _watch = await Catalog.WatchAsync(Update);
        if (_closed)
        {
            _watch.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the watch.</summary>
    protected virtual void Dispose(bool disposing)
    {
        _closed = true;
        Navigation.LocationChanged -= OnMoved;
        Visibility.Shown -= Update;
        _watch?.Dispose();
    }

    private void OnMoved(object? sender, LocationChangedEventArgs moved) => Update();

    private void Update() => _ = InvokeAsync(() =>
    {
        if (!_closed && Visibility.IsVisible)
        {
            Follow();
            StateHasChanged();
        }
    });
}
