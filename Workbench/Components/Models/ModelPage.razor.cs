using Microsoft.AspNetCore.Components;
using MudBlazor;
using Workbench.Components.Compare;
using Workbench.Components.Evaluation;
using Workbench.Components.Parts;
using Workbench.Core.Audit;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Components.Models;

/// <summary>One registered model, live: its versions, their aliases and notes, and versions side by side.</summary>
public sealed partial class ModelPage : LiveComponent
{
    private RegisteredModel? _model;
    private IReadOnlyList<(string Title, string Address)> _columns = [];
    private IReadOnlyList<ComparedPart> _parts = [];
    private IReadOnlyList<string> _parameters = [];
    private IReadOnlyList<AuditEvent> _history = [];
    private IReadOnlyDictionary<string, AuditEvent> _told = new Dictionary<string, AuditEvent>();
    private TrialEvaluation? _expected;
    private (string, int?) _expectedOf;
    private (ComparedSide First, ComparedSide Second)? _judged;
    private (string, int, int)? _judgedOf;
    private string? _unjudged;
    private string? _read;
    private int? _first;
    private bool _missing;

    /// <summary>The model's name.</summary>
    [Parameter]
    public required string Name { get; set; }

    /// <summary>The versions to see side by side, parted by commas; null for the one in production and the latest other one.</summary>
    [Parameter, InAddress("compare")]
    public string? CompareInAddress { get; set; }

    /// <summary>The version whose notes are shown; null for the one that was in production when the page was opened, or else the latest.</summary>
    [Parameter, InAddress("version")]
    public string? VersionInAddress { get; set; }

    [Inject]
    private ModelRegistry Registry { get; set; } = default!;

    [Inject]
    private DefaultModel Default { get; set; } = default!;

    [Inject]
    private StudyQueries Studies { get; set; } = default!;

    [Inject]
    private Pipelines Pipelines { get; set; } = default!;

    [Inject]
    private Evaluations Evaluations { get; set; } = default!;

    [Inject]
    private AuditQueries Audit { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private int? Served => Named(ModelAlias.Production);

    // A half-written note must not be taken away because another version goes into production.
    private int? Open => int.TryParse(VersionInAddress, out var asked) && _model?.Versions.Exists(version => version.Version == asked) is true ? asked : _first;

    private IReadOnlyList<int> Compared { get; set; } = [];

    /// <summary>Where the page of a model is, relative to the workbench's own address.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="version">The version to open; null for the one in production.</param>
    public static string Address(string name, int? version = null) =>
        $"models/{Uri.EscapeDataString(name)}{(version is null ? "" : $"?version={version}")}";

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_read != Name)
        {
            _read = Name;
            (_model, _first, _missing) = (null, null, false);
            Listen(Concerns, async _ =>
            {
                await ReadAsync();
                await JudgeAsync();
            });
            await ReadAsync();
        }
        Compare();
        await ExpectAsync();
        await JudgeAsync();
    }

    private async Task ExpectAsync()
    {
        if (_expectedOf == (Name, Open) || Open is not { } version)
        {
            return;
        }
        _expectedOf = (Name, Open);
        try
        {
            _expected = await Evaluations.OfVersionAsync(Name, version, Closed);
        }
        catch (Exception exception) when (exception is NotFoundException or ConflictException)
        {
            // Nothing was held out, or it was not kept.
            _expected = null;
        }
    }

    // Of two versions the answers to what was held out are beside each other, too.
    private async Task JudgeAsync()
    {
        (string, int, int)? of = Compared is [var first, var second] ? (Name, first, second) : null;
        if (of == _judgedOf)
        {
            return;
        }
        (_judgedOf, _judged, _unjudged) = (of, null, null);
        if (of is not (_, var one, var other))
        {
            return;
        }
        try
        {
            var (before, after) = (await Evaluations.OfVersionAsync(Name, one, Closed), await Evaluations.OfVersionAsync(Name, other, Closed));
            if ((before.Study.Id, before.Trial) == (after.Study.Id, after.Trial))
            {
                _unjudged = $"Both versions are of trial {before.Trial}, whose answers are those of both.";
            }
            else
            {
                _judged = (new($"v{one}", before), new($"v{other}", after));
            }
        }
        catch (Exception exception) when (exception is NotFoundException or ConflictException)
        {
            _unjudged = exception.Message;
        }
    }

    // A build that is under way tells what it is doing.
    private bool Concerns(Change change) =>
        change.Kind == ChangeKind.Model || change is { Kind: ChangeKind.Note, StudyId: 0, RunId: 0 }
        || (change.RunId != 0 && _model?.Versions.Any(version => version.RunId == change.RunId) is true);

    private async Task ReadAsync()
    {
        try
        {
            _model = await Registry.GetAsync(Name, Closed);
            _missing = false;
            _history = await Audit.OfModelAsync(_model.Id, Closed);
            _told = await Audit.LastOfModelAsync(_model.Id, Closed);
            _first ??= Served ?? _model.LastVersion;
            // Gives the order: the store forgets it.
            _parameters = (await Studies.FindAsync(Name, Closed))?.Study.SearchSpace.Select(parameter => parameter.Name).ToList() ?? [];
        }
        catch (NotFoundException)
        {
            _missing = true;
        }
        Compare();
    }

    private void Compare()
    {
        if (_model is null)
        {
            return;
        }
        var asked = CompareInAddress?.Split(',').Select(number => int.TryParse(number, out var version) ? version : 0)
            ?? _model.Versions.Select(version => version.Version).OrderByDescending(version => version == Served).ThenByDescending(version => version).Take(2);
        var versions = _model.Versions.Where(version => asked.Contains(version.Version)).OrderBy(version => version.Version).ToList();
        Compared = versions.ConvertAll(version => version.Version);
        _columns = versions.ConvertAll(version => ($"v{version.Version}", version.RunId is { } run ? $"runs/{run}" : Address(Name, version.Version)));
        _parts = versions.Count == 0 ? [] : VersionComparison.Of(versions, _parameters, Pipelines);
    }

    private void Pick((int Version, bool Picked) picked)
    {
        var versions = Compared.Where(version => version != picked.Version).Concat(picked.Picked ? [picked.Version] : []).Order();
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("compare", string.Join(',', versions)), replace: true);
    }

    private Task<bool> PinAsync() => TryAsync(() => Default.PinAsync(Name, Closed));

    private Task<bool> UnpinAsync() => TryAsync(() => Default.UnpinAsync(Closed));

    private async Task AskAliasAsync(int version)
    {
        if (_model is { } model && await AliasDialog.AskAsync(Dialogs, model, version) is { } alias)
        {
            await MoveAliasAsync(alias, version);
        }
    }

    private async Task MoveAliasAsync(string alias, int version)
    {
        var (model, before) = (Name, Named(alias));
        if (before != version && await TryAsync(() => Registry.MoveAliasAsync(model, alias, version, Closed)))
        {
            Say(Placed(model, alias, version), () => PutBackAsync(model, alias, before));
        }
    }

    private async Task RemoveAliasAsync(string alias)
    {
        var (model, before) = (Name, Named(alias));
        if (await TryAsync(() => Registry.RemoveAliasAsync(model, alias, Closed)))
        {
            Say(Gone(model, alias), () => PutBackAsync(model, alias, before));
        }
    }

    // The page may be closed by then.
    private async Task PutBackAsync(string model, string alias, int? version)
    {
        if (version is { } before)
        {
            if (await TryAsync(() => Registry.MoveAliasAsync(model, alias, before)))
            {
                Say(Placed(model, alias, before, " again"));
            }
        }
        else if (await TryAsync(() => Registry.RemoveAliasAsync(model, alias)))
        {
            Say(Gone(model, alias));
        }
    }

    private string? PromotedBy(ModelVersion version) => _told.GetValueOrDefault(ModelRegistry.VersionSubject(Name, version.Version))?.Actor;

    // The last that is told: an alias moved before there was an audit trail has none.
    private string Moved(ModelAlias alias) => _told.GetValueOrDefault(ModelRegistry.AliasSubject(Name, alias.Alias)) is not { } told ? "since"
        : told.Details.TryGetValue("from", out var from) ? $"moved from version {from} by {told.Actor}"
        : $"set by {told.Actor}";

    private int? Named(string alias) => _model?.Aliases.FirstOrDefault(named => named.Alias == alias)?.Version;

    private void Say(string message, Func<Task> undo) => Snackbar.Add(message, Severity.Success, options =>
    {
        options.Action = "Undo";
        options.OnClick = _ => InvokeAsync(undo);
    });

    private static string Placed(string model, string alias, int version, string again = "") => alias == ModelAlias.Production
        ? $"Version {version} of {model} is in production{again}."
        : $"Version {version} of {model} is the “{alias}”{again}.";

    private static string Gone(string model, string alias) => alias == ModelAlias.Production
        ? $"No version of {model} is in production now."
        : $"No version of {model} is the “{alias}” now.";
}
