using Microsoft.AspNetCore.Components;
using MudBlazor;
using Workbench.Components.Charts;

namespace Workbench.Components.Studies.Analysis;

/// <summary>
/// A plot with its tools. It is drawn only while it can be seen, when what it shows has changed and the browser can take it, and not
/// on the page's own thread, so that a page with many plots answers at once.
/// </summary>
public sealed partial class PlotPanel
{
    private PlotlyChart? _plotly;
    private Chart? _chart;
    private (PlotOptions Options, long Study, int Changes)? _shows;
    private bool _seen;
    private bool _drawing;

    /// <summary>Which one.</summary>
    [Parameter, EditorRequired]
    public required Plot Plot { get; set; }

    /// <summary>What to draw from.</summary>
    [Parameter, EditorRequired]
    public required StudySnapshot Snapshot { get; set; }

    /// <summary>What a person has chosen.</summary>
    [Parameter, EditorRequired]
    public required PlotOptions Options { get; set; }

    /// <summary>Where enlarging leads, or the way back.</summary>
    [Parameter, EditorRequired]
    public required string Link { get; set; }

    /// <summary>Whether it has the page for itself.</summary>
    [Parameter]
    public bool Enlarged { get; set; }

    /// <summary>A further CSS class.</summary>
    [Parameter]
    public string? Class { get; set; }

    /// <summary>Choosers in the header.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>A trial was clicked: gets its number.</summary>
    [Parameter]
    public EventCallback<int> OnPointClick { get; set; }

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    private string Name => Plot.Title.ToLowerInvariant();

    private (PlotOptions, long, int) Wanted => (Options, Snapshot.Study.Id, Plot.Changes(Snapshot.Version));

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => DrawAsync();

    private Task SeenAsync(bool seen)
    {
        _seen = seen;
        return DrawAsync();
    }

    private async Task DrawAsync()
    {
        if (_drawing)
        {
            return; // The one that draws looks again when it is done.
        }
        _drawing = true;
        try
        {
            while (_seen && _shows != Wanted)
            {
                var (plot, snapshot, options) = (Plot, Snapshot, Options);
                _shows = Wanted;
                _chart = await Task.Run(() => plot.Draw(snapshot, options));
                StateHasChanged();
                await (_plotly?.TakenAsync() ?? Task.CompletedTask);
            }
        }
        finally
        {
            _drawing = false;
        }
    }

    private async Task ShowDataAsync()
    {
        if (_chart?.Table is { } table
            && await ChartDataDialog.ShowAsync(Dialogs, $"{Plot.Title}: data", _chart.Description, await Task.Run(table)) is { } trial)
        {
            await OnPointClick.InvokeAsync(trial);
        }
    }

    private Task ExportTableAsync() => _plotly!.DownloadTableAsync(FileName("csv"));

    private Task ExportImageAsync() => _plotly!.DownloadImageAsync(FileName("png"));

    private string FileName(string ending) =>
        $"{string.Concat(Snapshot.Study.Name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'))}-{Plot.Key}.{ending}";
}
