using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Workbench.Components.Parts;
using Workbench.Core.Datasets;
using Workbench.Core.Tracking;

namespace Workbench.Components.Data;

/// <summary>A version of a dataset: its classes, its pictures, what is wrong with it, and the versions before it.</summary>
public sealed partial class DatasetPage : LiveComponent
{
    private DatasetDetail? _detail;
    private PictureGrid? _grid;
    private (string, string?)? _read;
    private int _selected;
    private int? _count;
    private bool _missing;

    /// <summary>The dataset's name.</summary>
    [Parameter]
    public required string Name { get; set; }

    /// <summary>The version; null for the newest.</summary>
    [Parameter, InAddress("version")]
    public string? VersionInAddress { get; set; }

    /// <summary>The class whose pictures are shown; null for all.</summary>
    [Parameter, InAddress("class")]
    public string? ClassInAddress { get; set; }

    /// <summary>The part whose pictures are shown; null for all.</summary>
    [Parameter, InAddress("part")]
    public string? PartInAddress { get; set; }

    /// <summary>The SHA-256 of the pictures that are shown; null for all.</summary>
    [Parameter, InAddress("picture")]
    public string? PictureInAddress { get; set; }

    [Inject]
    private DatasetBrowser Datasets { get; set; } = default!;

    [Inject]
    private DatasetEditor Editor { get; set; } = default!;

    [Inject]
    private DatasetRemover Remover { get; set; } = default!;

    [Inject]
    private ISnackbar Messages { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private IReadOnlyList<string> PartChoices => ["all", .. _detail!.Summary.Schema.Parts];

    private string LaunchAddress => $"studies?launch&dataset={Uri.EscapeDataString(Name)}{(_detail is { Summary.Version: var version, Versions.Count: > 1 } ? $"&datasetVersion={version}" : "")}";

    private string Shown => PictureInAddress is not null ? "The same picture" : ClassInAddress ?? "All pictures";

    private string ItemsAddress
    {
        get
        {
            (string Name, string? Value)[] filters = [("class", ClassInAddress), ("part", PartInAddress), ("sha256", PictureInAddress)];
            var query = string.Concat(filters.Where(filter => filter.Value is not null).Select(filter => $"&{filter.Name}={Uri.EscapeDataString(filter.Value!)}"));
            return $"api/datasets/{Uri.EscapeDataString(Name)}/items?version={_detail!.Summary.Version}{query}";
        }
    }

    /// <summary>Where the page of a dataset is, relative to the workbench's own address.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">The version; null for the newest.</param>
    public static string Address(string name, int? version = null) =>
        $"data/{Uri.EscapeDataString(name)}{(version is null ? "" : $"?version={version}")}";

    /// <summary>Where a picture's thumbnail is, relative to the workbench's own address. The address never means another picture.</summary>
    public static string Thumbnail(DatasetSummary dataset, object id) => Thumbnail(dataset.Name, dataset.Version, dataset.Fingerprint, id);

    /// <inheritdoc cref="Thumbnail(DatasetSummary, object)"/>
    public static string Thumbnail(string name, int version, string fingerprint, object id) =>
        $"api/datasets/{Uri.EscapeDataString(name)}/items/{id}/thumbnail?version={version}&of={fingerprint[..12]}";

    /// <summary>The size of a dataset's pictures, for people.</summary>
    public static string Size(ImageSchema images) => $"{(images.SameSize ? "" : "about ")}{images.Width} × {images.Height}";

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_read != (Name, VersionInAddress))
        {
            _read = (Name, VersionInAddress);
            (_count, _missing) = (null, false);
            Listen(change => change.Kind is ChangeKind.Dataset or ChangeKind.Everything, _ => ReadAsync());
            await ReadAsync();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            _detail = VersionInAddress is null || int.TryParse(VersionInAddress, CultureInfo.InvariantCulture, out _)
                ? await Datasets.GetAsync(Name, VersionInAddress is null ? null : int.Parse(VersionInAddress, CultureInfo.InvariantCulture), Closed)
                : null;
            _missing = _detail is null;
        }
        catch (NotFoundException)
        {
            _missing = true;
        }
    }

    private void Go(string? version, string? label, string? part, string? picture) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["version"] = version, ["class"] = label, ["part"] = part, ["picture"] = picture }),
        replace: true);

    private async Task MoveAsync()
    {
        if (await ClassDialog.AskAsync(Dialogs, $"Move {(_selected == 1 ? "1 picture" : $"{_selected} pictures")} to a class", "Move", _detail!.Summary.Schema.Classes, "") is { } to)
        {
            await _grid!.MoveAsync(to);
        }
    }

    private async Task RenameAsync(string label)
    {
        if (await ClassDialog.AskAsync(Dialogs, $"Rename the class {label}", "Rename", _detail!.Summary.Schema.Classes, label) is { } name && name != label)
        {
            await TryAsync(async () => Edited((await Editor.EditAsync(Name, _detail.Summary.Version, new DatasetEdit(Rename: label, As: name), Closed)).Version));
        }
    }

    private void Edited(int version)
    {
        Say($"That is version {version} of {Name}.");
        // A class may be gone with it.
        Go(version.ToString(CultureInfo.InvariantCulture), null, PartInAddress, null);
    }

    private async Task RemoveAsync()
    {
        if (!await ConfirmDialog.AskAsync(Dialogs, $"Remove {Name}?", "All its versions and their pictures are removed. Models that were built from it stay.", "Remove"))
        {
            return;
        }
        if (await TryAsync(() => Remover.RemoveAsync(Name, cancellationToken: Closed)))
        {
            Messages.Add($"The dataset {Name} is removed.", Severity.Success);
            Navigation.NavigateTo("data");
        }
    }

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
