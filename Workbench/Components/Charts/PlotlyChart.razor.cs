using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Plotly.Blazor;
using Workbench.Components.Parts;

namespace Workbench.Components.Charts;

/// <summary>
/// Shows a <see cref="Charts.Chart"/>: sends the browser what has changed, never faster than it draws; keeps zoom, theme and size right.
/// </summary>
public sealed partial class PlotlyChart
{
    private static readonly JsonSerializerOptions PlotlyJson = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new PolymorphicConverter<ITrace>(), new DateTimeConverter(), new DateTimeOffsetConverter() },
    };

    private readonly List<byte[]> _sent = [];
    private byte[] _sentLayout = [];
    private ElementReference _element;
    private BrowserPart _chart = default!;
    private DotNetObjectReference<PlotlyChart>? _self;
    private TaskCompletionSource? _taken;
    private Chart? _shown;
    private bool _drawn;
    private bool _changed;
    private bool? _seen;
    private bool _sending;

    /// <summary>What to show; null while that is loading.</summary>
    [Parameter, EditorRequired]
    public Chart? Chart { get; set; }

    /// <summary>A further CSS class of the element.</summary>
    [Parameter]
    public string? Class { get; set; }

    /// <summary>A point was clicked: gets its trial's number.</summary>
    [Parameter]
    public EventCallback<int> OnPointClick { get; set; }

    /// <summary>The chart came into sight, or left it: one out of sight need not be drawn.</summary>
    [Parameter]
    public EventCallback<bool> OnSeen { get; set; }

    /// <summary>A person has chosen what of the horizontal axis shows: gets its two ends, or null for all.</summary>
    [Parameter]
    public EventCallback<double[]?> OnZoom { get; set; }

    /// <summary>Waits until the browser can take another chart: it has drawn the latest, if there is something to draw, and rested.</summary>
    public Task TakenAsync() => _chart.IsThere && Chart is { Note: null } && (_sending || !ReferenceEquals(_shown, Chart))
        ? (_taken ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task
        : Task.CompletedTask;

    /// <summary>Hands the picture to the browser's downloads.</summary>
    /// <param name="name">The file's name.</param>
    public async Task DownloadImageAsync(string name)
    {
        if (_drawn)
        {
            await _chart.CallAsync("downloadImage", name);
        }
    }

    /// <summary>Hands the chart's data to the browser's downloads.</summary>
    /// <param name="name">The file's name.</param>
    public async Task DownloadTableAsync(string name)
    {
        if (Chart?.Table is { } table)
        {
            await _chart.CallAsync("downloadText", name, table().ToCsv());
        }
    }

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public Task SeenAsync(bool seen)
    {
        _seen = seen;
        if (!_drawn)
        {
            _changed = true;
            StateHasChanged();
        }
        return OnSeen.InvokeAsync(seen);
    }

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public Task PointClickedAsync(int number) => OnPointClick.InvokeAsync(number);

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public Task ZoomedAsync(double[]? ends) => OnZoom.InvokeAsync(ends);

    /// <inheritdoc/>
    protected override void OnInitialized() => _chart = new BrowserPart(Browser, "./Components/Charts/PlotlyChart.razor.js");

    /// <inheritdoc/>
    protected override bool ShouldRender() => !ReferenceEquals(_shown, Chart) || _changed;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        _changed = false;
        if (_sending)
        {
            return; // The one that sends looks again when the browser is ready for more.
        }
        _sending = true;
        try
        {
            if (firstRender)
            {
                _self = DotNetObjectReference.Create(this);
                await _chart.CreateAsync(_element, _self);
            }
            while (_chart.IsThere && Chart is { Note: null } chart && !ReferenceEquals(chart, _shown))
            {
                _shown = chart;
                await SendAsync(chart);
                if (!_drawn)
                {
                    _drawn = _changed = true;
                    StateHasChanged();
                }
            }
        }
        finally
        {
            _sending = false;
            Taken();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _chart.DisposeAsync();
        _self?.Dispose();
        Taken();
    }

    private void Taken()
    {
        _taken?.SetResult();
        _taken = null;
    }

    private async Task SendAsync(Chart chart)
    {
        var layout = JsonSerializer.SerializeToUtf8Bytes(chart.Layout, PlotlyJson);
        var changed = new byte[]?[chart.Traces.Count];
        for (var i = 0; i < changed.Length; i++)
        {
            var trace = JsonSerializer.SerializeToUtf8Bytes(chart.Traces[i], PlotlyJson);
            if (i >= _sent.Count)
            {
                _sent.Add([]);
            }
            if (!trace.AsSpan().SequenceEqual(_sent[i]))
            {
                changed[i] = _sent[i] = trace;
            }
        }
        var shrunk = _sent.Count > changed.Length;
        _sent.RemoveRange(changed.Length, _sent.Count - changed.Length);
        var newLayout = layout.AsSpan().SequenceEqual(_sentLayout) ? null : _sentLayout = layout;
        if (shrunk || newLayout is not null || changed.Any(trace => trace is not null))
        {
            await _chart.CallAsync("update", newLayout, changed);
        }
    }
}
