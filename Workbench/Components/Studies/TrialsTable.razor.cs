using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using Workbench.Components.Palette;
using Workbench.Components.Parts;
using Workbench.Components.Trials;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Tables;
using Workbench.Core.Training;

namespace Workbench.Components.Studies;

/// <summary>The trials of a study, filtered and sorted; only the rows in sight are drawn. Filter and order are in the address, the columns
/// are remembered by the browser.</summary>
public sealed partial class TrialsTable
{
    /// <summary>How many trials can be chosen at a time: more can't be told apart.</summary>
    public const int MostChosen = 30;

    // Marks an address that this table wrote: it must not be read back, for a person may have typed on.
    private const string Own = "trials-table";

    private readonly TrialColumns _columns = new();
    private TrialList _list = default!;
    private IReadOnlyList<TrialField> _shown = [];
    private ElementReference _scroll;
    private BrowserPart _keys = default!;
    private string _filter = "";
    private string? _sort;
    private long? _picked;
    private int? _read;
    private bool _ready;
    private bool _reading;

    /// <summary>The study.</summary>
    [Parameter, EditorRequired]
    public required StudyView View { get; set; }

    // Good trials of this study; its value, where the metric has a name that would have to be quoted.
    private string Example => string.Create(
        CultureInfo.InvariantCulture,
        $"{(View.Study.Metric.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? View.Study.Metric : "value")} {(View.Study.Direction == Direction.Maximize ? '>' : '<')} {View.Summary.Best?.Value ?? 0.99:0.##}");

    /// <summary>Rises whenever something in the view has changed.</summary>
    [Parameter, EditorRequired]
    public int Revision { get; set; }

    /// <summary>The trial that is open.</summary>
    [Parameter]
    public int? Open { get; set; }

    /// <summary>The filter in the address.</summary>
    [Parameter]
    public string? Filter { get; set; }

    /// <summary>The order in the address: a field, <c>-field</c> for descending.</summary>
    [Parameter]
    public string? Sort { get; set; }

    /// <summary>A trial was clicked: gets its number.</summary>
    [Parameter]
    public EventCallback<int> OnOpen { get; set; }

    /// <summary>A trial is to be among the chosen ones, whose curves are shown, or no longer.</summary>
    [Parameter]
    public EventCallback<(long Run, bool Shown)> OnChoose { get; set; }

    /// <summary>A production model is to be built with a trial's parameters: gets its number.</summary>
    [Parameter]
    public EventCallback<int> OnPromote { get; set; }

    [CascadingParameter]
    private ContextMenu? Menu { get; set; }

    [Inject]
    private RunQueries Queries { get; set; } = default!;

    [Inject]
    private Pipelines Pipelines { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    private string CompareAddress => $"compare/runs?ids={string.Join(',', View.Chosen)}";

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _keys.DisposeAsync();

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _list = new TrialList(Queries, Pipelines, Clock);
        _keys = new BrowserPart(Browser, "./Components/Studies/TrialsTable.razor.js");
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var changed = _read != Revision;
        if (changed)
        {
            _read = Revision;
            _list.Take(View.Study, View.Trials);
        }
        ReadAddress();
        Columns();
        // Not while prerendering: no row is drawn then.
        if (changed && RendererInfo.IsInteractive)
        {
            try
            {
                _reading = _ready;
                await _list.ReadMetricsAsync(View.LastMetrics);
                Columns();
            }
            finally
            {
                _reading = false;
            }
        }
    }

    /// <inheritdoc/>
    protected override bool ShouldRender() => !_reading; // What has changed is drawn once, with its metrics.

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }
        try
        {
            _columns.Remember(await Browser.InvokeAsync<string?>("localStorage.getItem", TrialColumns.Key));
        }
        catch (Exception exception) when (exception is JSDisconnectedException or OperationCanceledException)
        {
            return; // The page is gone.
        }
        Columns();
        // Before a row is seen: from then on it must stand still under the pointer.
        await _keys.CreateAsync(_scroll);
        _ready = true;
        StateHasChanged();
    }

    // What a link or the back button wrote there.
    private void ReadAddress()
    {
        if (Navigation.HistoryEntryState == Own && _ready)
        {
            return;
        }
        if (_filter != (Filter ?? ""))
        {
            _filter = Filter ?? "";
            _list.Filter(_filter);
        }
        if (_sort != Sort)
        {
            _sort = Sort;
            _list.Sort(_sort);
        }
    }

    // Rows are drawn again when they get another list.
    private void Columns()
    {
        List<TrialField> shown = [.. TrialColumns.InOrder(_list.Fields).Where(field => _columns.Shows(field, View.Study))];
        _shown = shown.SequenceEqual(_shown) ? _shown : shown;
    }

    private async Task KeepColumnsAsync()
    {
        Columns();
        await Browser.InvokeVoidAsync("localStorage.setItem", TrialColumns.Key, _columns.Json);
    }

    // A person who has typed nothing yet is shown what can be typed.
    private IEnumerable<string> Suggest(string text) => text.Length == 0
        ? ["state = complete", "state = failed", "state = pruned", .. FilterCompletion.Suggest("", _list.Fields)]
        : FilterCompletion.Suggest(text, _list.Fields);

    private async Task FilterAsync(string text)
    {
        _filter = text;
        _list.Filter(text);
        WriteAddress();
        await ToTopAsync();
    }

    private async Task SortAsync(TrialField field)
    {
        // Numbers are mostly wanted from the top, words from A.
        var order = _list.Order.Field.Name == field.Name ? new TrialOrder(field, !_list.Order.Descending) : new TrialOrder(field, field.IsNumeric);
        _sort = order.ToString();
        _list.Sort(_sort);
        WriteAddress();
        await ToTopAsync();
    }

    private void WriteAddress() => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
        {
            ["filter"] = string.IsNullOrWhiteSpace(_filter) ? null : _filter,
            ["sort"] = _sort,
        }),
        new NavigationOptions { ReplaceHistoryEntry = true, HistoryEntryState = Own });

    private Task ToTopAsync() => _keys.CallAsync("toTop");

    private async Task ClickAsync(TrialRow row, MouseEventArgs click)
    {
        if (click.CtrlKey || click.MetaKey || click.ShiftKey)
        {
            await PickAsync(row, click.ShiftKey);
        }
        else
        {
            await OnOpen.InvokeAsync(row.Run.Number!.Value);
        }
    }

    private void OpenMenu(TrialRow row, MouseEventArgs place)
    {
        var number = row.Run.Number!.Value;
        var commands = TrialCommands.For(
            View, row.Run, () => OnOpen.InvokeAsync(number), () => PickAsync(row, range: false), () => OnPromote.InvokeAsync(number));
        Menu?.Open(place, commands, $"Trial {number}");
    }

    // With Shift: all from the one that was clicked before, as it stands now.
    private async Task PickAsync(TrialRow row, bool range)
    {
        var (to, from) = (_list.Shown.FindIndex(r => r.Run.Id == row.Run.Id), _list.Shown.FindIndex(r => r.Run.Id == _picked));
        var shown = range && from >= 0 ? View.Chosen.Contains(_picked!.Value) : !View.Chosen.Contains(row.Run.Id);
        var rows = range && from >= 0 ? _list.Shown.GetRange(Math.Min(from, to), Math.Abs(from - to) + 1) : [row];
        foreach (var id in rows.Select(r => r.Run.Id).Where(id => View.Chosen.Contains(id) != shown).ToList())
        {
            if (!shown || View.Chosen.Count < MostChosen)
            {
                await OnChoose.InvokeAsync((id, shown));
            }
        }
        _picked = row.Run.Id;
    }

    private async Task ClearAsync()
    {
        foreach (var id in View.Chosen.ToList())
        {
            await OnChoose.InvokeAsync((id, false));
        }
    }

    private string ExportAddress(string format)
    {
        var filter = _list.FilterText.Length == 0 ? "" : $"filter={Uri.EscapeDataString(_list.FilterText)}&";
        var columns = string.Join(',', _shown.Select(field => field.Name));
        return $"api/studies/{Uri.EscapeDataString(View.Study.Name)}/trials.{format}?{filter}sort={Uri.EscapeDataString(_list.Order.ToString())}&columns={Uri.EscapeDataString(columns)}";
    }

    private string Sorted(TrialField field) =>
        _list.Order.Field.Name != field.Name ? "none" : _list.Order.Descending ? "descending" : "ascending";

    private string Explain(TrialField field) => field switch
    {
        { Name: TrialFields.Value } => $"Sort by the objective, {View.Study.Metric}",
        { Origin: FieldOrigin.Metric } => $"Sort by {field.Name} of the last epoch",
        _ => $"Sort by {field.Name}",
    };

    private string Class(Run trial) =>
        $"{(trial.Number == Open ? "open" : "")} {(trial.Number == View.Summary.Best?.Number ? "best" : "")} {(View.Chosen.Contains(trial.Id) ? "chosen" : "")}";

    private string Swatch(Run trial) =>
        View.Chosen.Contains(trial.Id) ? $"series-{View.Color(trial) % Charts.MetricCurves.Colors + 1}" : "";
}
