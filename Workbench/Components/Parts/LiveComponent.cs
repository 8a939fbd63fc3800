using Microsoft.AspNetCore.Components;
using MudBlazor;
using Workbench.Core.Tracking;

namespace Workbench.Components.Parts;

/// <summary>A component that follows changes in the store until it is closed.</summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    /// <summary>How often what is shown changes at most. Drawing takes its part of the processors from the training.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _closing = new();
    private readonly HashSet<Change> _unseen = [];
    private IDisposable? _subscription;
    private Func<IReadOnlyCollection<Change>, Task>? _handler;
    private bool _handling;

    [Inject]
    private ChangeFeed Feed { get; set; } = default!;

    [Inject]
    private PageVisibility Visibility { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private ISnackbar Messages { get; set; } = default!;

    /// <summary>A component that is open.</summary>
    protected LiveComponent() => Closed = _closing.Token;

    /// <summary>Cancelled when the component is closed, and still there then: what is under way asks for it.</summary>
    protected CancellationToken Closed { get; }

    /// <summary>Calls <paramref name="handler"/>, on the circuit and followed by a render, for changes that concern the component. Not while
    /// prerendering: that component is gone at once. While the page can't be seen changes are gathered, and handled when it is seen again.
    /// Replaces an earlier call.</summary>
    /// <param name="filter">Which changes concern it.</param>
    /// <param name="handler">Gets what has changed since its last call.</param>
    /// <param name="interval">The least time between two calls; <see cref="Interval"/> unless given.</param>
    protected void Listen(Func<Change, bool> filter, Func<IReadOnlyCollection<Change>, Task> handler, TimeSpan? interval = null)
    {
        StopListening();
        if (!RendererInfo.IsInteractive || Closed.IsCancellationRequested)
        {
            return;
        }
        _handler = handler;
        Visibility.Shown += CatchUp;
        _subscription = Feed.Subscribe(filter, changes => InvokeAsync(() => HandleAsync(changes)), interval ?? Interval);
    }

    private async Task HandleAsync(IReadOnlyCollection<Change> changes)
    {
        _unseen.UnionWith(changes);
        if (_handling)
        {
            return; // The one that handles looks again.
        }
        _handling = true;
        try
        {
            while (_unseen.Count > 0 && Visibility.IsVisible && !Closed.IsCancellationRequested)
            {
                IReadOnlyCollection<Change> all = [.. _unseen];
                _unseen.Clear();
                try
                {
                    await _handler!(all);
                    StateHasChanged();
                }
                catch (Exception exception) when (DatabaseOutage.Caused(exception))
                {
                    // The page stays as it is, and the status bar says why.
                    _unseen.UnionWith(all);
                    await Task.Delay(RetryInterval, Time, Closed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                }
            }
        }
        finally
        {
            _handling = false;
        }
    }

    private void CatchUp() => _ = InvokeAsync(() => HandleAsync([]));

    private void StopListening()
    {
        _subscription?.Dispose();
        Visibility.Shown -= CatchUp;
        _unseen.Clear();
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
        if (disposing && !Closed.IsCancellationRequested)
        {
            StopListening();
            _closing.Cancel();
            _closing.Dispose();
        }
    }
}
