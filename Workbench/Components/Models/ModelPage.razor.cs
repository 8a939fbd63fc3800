using Microsoft.AspNetCore.Components;
using MudBlazor;
using Workbench.Components.Compare;
using Workbench.Components.Parts;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;

namespace Workbench.Components.Models;

/// <summary>One registered model, live: its versions, what is in production, and versions side by side.</summary>
public sealed partial class ModelPage : LiveComponent
{
    private RegisteredModel? _model;
    private IReadOnlyList<(string Title, string Address)> _columns = [];
    private IReadOnlyList<ComparedPart> _parts = [];
    private IReadOnlyList<string> _parameters = [];
    private string? _read;
    private bool _missing;

    /// <summary>The model's name.</summary>
    [Parameter]
    public required string Name { get; set; }

    /// <summary>The versions to see side by side, parted by commas; null for the one in production and the latest other one.</summary>
    [SupplyParameterFromQuery(Name = "compare")]
    private string? CompareInAddress { get; set; }

    [Inject]
    private ModelRegistry Registry { get; set; } = default!;

    [Inject]
    private StudyQueries Studies { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private int? Served => _model?.Aliases.FirstOrDefault(alias => alias.Alias == ModelAlias.Production)?.Version;

    private IReadOnlyList<int> Compared { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_read != Name)
        {
            _read = Name;
            (_model, _missing) = (null, false);
            Listen(Concerns, _ => ReadAsync());
            await ReadAsync();
        }
        Compare();
    }

    // A build that is under way tells what it is doing.
    private bool Concerns(Change change) =>
        change.Kind == ChangeKind.Model || (change.RunId != 0 && _model?.Versions.Any(version => version.RunId == change.RunId) is true);

    private async Task ReadAsync()
    {
        try
        {
            _model = await Registry.GetAsync(Name, Closed);
            _missing = false;
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
        _columns = versions.ConvertAll(version => ($"v{version.Version}", version.RunId is { } run ? $"runs/{run}" : $"models/{Uri.EscapeDataString(Name)}"));
        _parts = versions.Count == 0 ? [] : VersionComparison.Of(versions, _parameters);
    }

    private void Pick((int Version, bool Picked) picked)
    {
        var versions = Compared.Where(version => version != picked.Version).Concat(picked.Picked ? [picked.Version] : []).Order();
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("compare", string.Join(',', versions)), replace: true);
    }

    private async Task ServeAsync(int version)
    {
        var before = Served;
        if (!await TryAsync(() => Registry.MoveAliasAsync(Name, ModelAlias.Production, version, Closed)))
        {
            return;
        }
        Snackbar.Add($"Version {version} of {Name} is in production.", Severity.Success, message =>
        {
            if (before is { } earlier)
            {
                message.Action = "Undo";
                message.OnClick = _ => InvokeAsync(() => UndoAsync(earlier));
            }
        });
    }

    private async Task UndoAsync(int version)
    {
        if (await TryAsync(() => Registry.MoveAliasAsync(Name, ModelAlias.Production, version, CancellationToken.None)))
        {
            Say($"Version {version} of {Name} is in production again.");
        }
    }
}
