using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Workbench.Components.Parts;
using Workbench.Components.Studies;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Tables;

namespace Workbench.Components.Experiments;

/// <summary>The runs of an experiment: filtered, sorted and cut into pages by the database; only the page that shows is read.</summary>
public sealed partial class ExperimentPage : LiveComponent
{
    /// <summary>How many runs a page has.</summary>
    internal const int PageSize = 50;

    // How long a person has to rest from typing until the filter is applied.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);

    private readonly RunColumns _columns = new();
    private readonly SortedSet<long> _picked = [];
    // The tokens of the pages before the one that shows.
    private readonly Stack<string?> _before = [];
    private string? _token;
    private Experiment? _experiment;
    private bool _missing;
    private Found<TrackedRun> _found = new([], null);
    private IReadOnlyDictionary<Guid, long> _parts = new Dictionary<Guid, long>();
    private IReadOnlyDictionary<Guid, (long Id, string Name)> _parents = new Dictionary<Guid, (long, string)>();
    private long _count;
    private FilterException? _fault;
    private string _typed = "";
    // The filter that was typed last, and is or will be in the address.
    private string? _applied;
    private (long Id, string? Filter, string? Order)? _read;
    private int _edition;
    // The experiment whose columns were asked for.
    private long? _remembered;

    /// <summary>The experiment.</summary>
    [Parameter]
    public long Id { get; set; }

    /// <summary>The filter, in the language of MLflow's search.</summary>
    [Parameter, InAddress("filter")]
    public string? Filter { get; set; }

    /// <summary>By what the runs are sorted, such as <c>metrics.`loss` ASC</c>; the latest first unless given.</summary>
    [Parameter, InAddress("order")]
    public string? Order { get; set; }

    [Inject]
    private ExperimentStore Experiments { get; set; } = default!;

    [Inject]
    private ExperimentOverview Overview { get; set; } = default!;

    [Inject]
    private TrackedRunQueries Runs { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    /// <summary>Where the page of an experiment is.</summary>
    internal static string Address(long id) => string.Create(CultureInfo.InvariantCulture, $"experiments/{id}");

    private string ExportAddress => Navigation.GetUriWithQueryParameters(
        $"api/experiments/{Id.ToString(CultureInfo.InvariantCulture)}/runs.csv",
        new Dictionary<string, object?> { ["filter"] = Filter, ["order_by"] = Order });

    // Under which name the browser remembers the columns of this experiment.
    private string ColumnsKey => string.Create(CultureInfo.InvariantCulture, $"workbench.experiments.{Id}.columns");

    private int First => _before.Count * PageSize;

    private IEnumerable<(string Title, string? Field, string Style)> Heads =>
    [
        ("Name", "run_name", "name"), ("State", "status", ""), ("Started", "start_time", ""), ("Duration", null, "number"), ("User", "user_id", ""),
        .. _columns.Shown.Select(column => (column.Key, (string?)column.Field, column.IsMetric ? "number" : "")),
    ];

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var asked = (Id, Filter, Order);
        if (_read == asked)
        {
            return;
        }
        if (_read?.Id != Id)
        {
            (_experiment, _missing) = (null, false);
            _picked.Clear();
            Listen(change => change.StudyId == Id || change.Kind == ChangeKind.Everything, _ => ReadAsync());
        }
        // Only what comes from elsewhere: a person may have typed on.
        if (_read?.Id != Id || (_read?.Filter != Filter && _applied != Filter))
        {
            _typed = Filter ?? "";
        }
        _read = asked;
        _before.Clear();
        _token = null;
        await ReadAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_remembered == Id)
        {
            return;
        }
        _remembered = Id;
        try
        {
            _columns.Remember(await Browser.InvokeAsync<string?>("localStorage.getItem", Closed, ColumnsKey));
            StateHasChanged();
        }
        catch (Exception exception) when (exception is JSDisconnectedException or OperationCanceledException)
        {
            // The page is gone.
        }
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private async Task ReadAsync()
    {
        var asked = (_read, _token);
        try
        {
            var experiment = _experiment = await Experiments.GetAsync(Id, Closed);
            if (experiment is Study study)
            {
                Navigation.NavigateTo(StudyActions.Address(study.Name), replace: true);
                return;
            }
            if (experiment.DeletedAt is not null)
            {
                _missing = true;
                return;
            }
            var found = await Runs.SearchAsync(
                [Id], Filter, DeletionView.Active, PageSize, string.IsNullOrEmpty(Order) ? [] : [Order], _token, Closed);
            var count = await Overview.CountAsync(Id, Filter, Closed);
            var parts = await Overview.PartsAsync(Id, found.Items.Select(run => run.Uuid), Closed);
            var parents = await Runs.NamesAsync(found.Items.Select(Parent).OfType<Guid>().Distinct(), Closed);
            if (asked != (_read, _token))
            {
                return; // Something else is asked for since.
            }
            (_found, _count, _fault) = (found, count, null);
            _parts = parts;
            _parents = parents;
            _columns.Read(found.Items);
        }
        catch (NotFoundException)
        {
            _missing = true;
        }
        catch (FieldException fault)
        {
            _fault = fault.InnerException as FilterException ?? new FilterException(fault.Message, default);
        }
    }

    /// <summary>The identity of the run that a run is part of; null for none.</summary>
    internal static Guid? Parent(TrackedRun run) =>
        run.Tags.TryGetValue(ExperimentOverview.ParentTag, out var parent) && Guid.TryParseExact(parent, "N", out var id) ? id : null;

    private (long Id, string Name)? ParentOf(TrackedRun run) => Parent(run) is { } parent && _parents.TryGetValue(parent, out var known) ? known : null;

    /// <summary>Where the runs within a run are listed.</summary>
    internal static string PartsAddress(TrackedRun run) => $"{Address(run.ExperimentId)}?filter={Uri.EscapeDataString($"tags.`{ExperimentOverview.ParentTag}` = '{run.Uuid:N}'")}";

    private IEnumerable<string> Suggest(string text) => text.Length == 0
        ? ["status = 'RUNNING'", "status = 'FAILED'", .. _columns.Fields.Select(field => $"{field} ")]
        : [];

    private async Task FilterAsync(string text)
    {
        _typed = text;
        var edition = ++_edition;
        await Task.Delay(Rest, Clock, Closed);
        if (edition == _edition)
        {
            _applied = text.Length > 0 ? text : null;
            Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("filter", _applied), replace: true);
        }
    }

    private string? Sorted(string? field) => field is null ? null
        : Order == $"{field} ASC" ? "ascending"
        : Order == $"{field} DESC" || (string.IsNullOrEmpty(Order) && field == "start_time") ? "descending"
        : "none";

    private void Sort(string field)
    {
        // Metrics and moments are mostly wanted from the top, words from A.
        var first = field.StartsWith(RunColumns.Metrics, StringComparison.Ordinal) || field == "start_time" ? "descending" : "ascending";
        var next = Sorted(field) switch { "none" => first, "ascending" => "descending", _ => "ascending" };
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("order", $"{field} {(next == "ascending" ? "ASC" : "DESC")}"), replace: true);
    }

    private Task ChooseColumnAsync((string Group, string Name, bool Shown) chosen)
    {
        _columns.Choose(chosen.Group, chosen.Name, chosen.Shown);
        return KeepColumnsAsync();
    }

    private Task UsualColumnsAsync()
    {
        _columns.Reset();
        return KeepColumnsAsync();
    }

    private Task KeepColumnsAsync() => Browser.InvokeVoidAsync("localStorage.setItem", Closed, ColumnsKey, _columns.Json).AsTask();

    private void Pick(long run, bool picked)
    {
        if (picked)
        {
            _picked.Add(run);
        }
        else
        {
            _picked.Remove(run);
        }
    }

    private async Task NextAsync()
    {
        _before.Push(_token);
        _token = _found.NextToken;
        await ReadAsync();
    }

    private async Task BackAsync()
    {
        _token = _before.Pop();
        await ReadAsync();
    }
}
