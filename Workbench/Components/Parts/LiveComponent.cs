using Microsoft.AspNetCore.Components;
using MudBlazor;
using Workbench.Core.Tracking;

namespace Workbench.Components.Parts;

/// <summary>A component that hears of changes in the store and lets go of them when it is closed.</summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private IDisposable? _subscription;

    [Inject]
    private ChangeFeed Feed { get; set; } = default!;

    [Inject]
    private ISnackbar Messages { get; set; } = default!;

    /// <summary>Cancelled when the component is closed.</summary>
    protected CancellationToken Closed => _closed.Token;

    /// <summary>Calls <paramref name="handler"/>, on the circuit and followed by a render, for changes that concern the component. Not while
    /// prerendering: that component is gone at once. Replaces an earlier call.</summary>
    protected void Listen(Func<Change, bool> filter, Func<IReadOnlyCollection<Change>, Task> handler)
    {
        _subscription?.Dispose();
        _subscription = !RendererInfo.IsInteractive || _closed.IsCancellationRequested ? null : Feed.Subscribe(filter, changes => InvokeAsync(async () =>
        {
            if (!_closed.IsCancellationRequested)
            {
                await handler(changes);
                StateHasChanged();
            }
        }));
    }

    /// <summary>Does what a person asked for; when that is not possible, says why, and the page stays as it is.</summary>
    /// <returns>Whether it was done.</returns>
    protected Task<bool> TryAsync(Func<Task> action) => Messages.TryAsync(action);

    /// <summary>Tells a person that something was done.</summary>
    protected void Say(string message) => Messages.Add(message, Severity.Success);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the subscription and cancels what is under way.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && !_closed.IsCancellationRequested)
        {
            _subscription?.Dispose();
            _closed.Cancel();
            _closed.Dispose();
        }
    }
}
