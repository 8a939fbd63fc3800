using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web.Virtualization;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Components.Studies;

/// <summary>All trials of a study; only the rows in sight are drawn.</summary>
public sealed partial class TrialsTable
{
    private const string Number = "#";
    private const string State = "State";
    private const string Value = "Value";
    private const string Time = "Duration";
    private const string Worker = "Worker";

    private Virtualize<Run>? _rows;
    private string _column = Number;
    private bool _descending = true;
    private int _shown = -1;

    /// <summary>The study.</summary>
    [Parameter, EditorRequired]
    public required StudyView View { get; set; }

    /// <summary>Rises whenever something in the view has changed.</summary>
    [Parameter, EditorRequired]
    public int Revision { get; set; }

    /// <summary>The trial that is open.</summary>
    [Parameter]
    public int? Open { get; set; }

    /// <summary>A trial was clicked: gets its number.</summary>
    [Parameter]
    public EventCallback<int> OnOpen { get; set; }

    /// <summary>A trial's curve is to be shown or not.</summary>
    [Parameter]
    public EventCallback<(long Run, bool Shown)> OnChoose { get; set; }

    private SearchSpace Parameters => View.Study.SearchSpace;

    private IEnumerable<(string Name, bool Numeric)> Columns =>
    [
        (Number, true), (State, false), (Value, true), (Time, true), .. Parameters.Select(p => (p.Name, IsNumeric(p))), (Worker, false),
    ];

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_shown != Revision && _rows is not null)
        {
            _shown = Revision;
            if (!firstRender)
            {
                await _rows.RefreshDataAsync();
                StateHasChanged();
            }
        }
    }

    /// <summary>The trials in the order a person asked for; equal ones, and those without a value, by number at the end.</summary>
    internal static IEnumerable<Run> Sorted(IEnumerable<Run> trials, string column, bool descending)
    {
        Func<Run, IComparable?> key = column switch
        {
            Number => trial => trial.Number,
            State => trial => trial.State,
            Value => trial => trial.Value,
            Time => trial => (trial.FinishedAt ?? DateTimeOffset.UtcNow) - trial.StartedAt,
            Worker => trial => trial.Worker,
            _ => trial => trial.Params?.TryGetValue(column, out var value) is not true ? null : value.IsNumber ? value.AsDouble() : value.ToString(),
        };
        var keyed = trials.Select(trial => (Trial: trial, Key: key(trial))).OrderBy(row => row.Key is null);
        return (descending ? keyed.ThenByDescending(row => row.Key) : keyed.ThenBy(row => row.Key)).ThenBy(row => row.Trial.Number).Select(row => row.Trial);
    }

    private ValueTask<ItemsProviderResult<Run>> RowsAsync(ItemsProviderRequest request) => new(new ItemsProviderResult<Run>(
        Sorted(View.Trials, _column, _descending).Skip(request.StartIndex).Take(request.Count), View.Trials.Count));

    private async Task SortBy(string column)
    {
        // Numbers are mostly wanted from the top, words from A.
        (_column, _descending) = column == _column ? (column, !_descending) : (column, column is not (State or Worker));
        await _rows!.RefreshDataAsync();
    }

    private string Sort(string column) => column != _column ? "none" : _descending ? "descending" : "ascending";

    private string Swatch(Run trial) =>
        View.Chosen.Contains(trial.Id) ? $"series-{View.Color(trial) % Charts.MetricCurves.Colors + 1}" : "";

    private static bool IsNumeric(Parameter parameter) => parameter switch
    {
        CategoricalParameter categorical => categorical.Choices.All(c => c.IsNumber),
        FixedParameter constant => constant.Value.IsNumber,
        _ => true,
    };
}
