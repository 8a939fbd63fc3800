using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Workbench.Components.Parts;
using Workbench.Core.Audit;
using Workbench.Core.Tracking;

namespace Workbench.Components.Audit;

/// <summary>The audit trail, filtered and page by page.</summary>
public sealed partial class AuditPage : LiveComponent
{
    private const int PageSize = 50;

    private static readonly string[] Ways = ["All", .. new[] { Way.Page, Way.Api, Way.Cli, Way.System }.Select(AuditWords.Title)];

    // One more than is shown tells whether there are more.
    private IReadOnlyList<AuditEvent>? _events;
    private IReadOnlyList<string> _actors = [];
    private (AuditFilter Filter, long? Before)? _read;

    /// <summary>Only what this actor did.</summary>
    [Parameter, InAddress("actor")]
    public string? Actor { get; set; }

    /// <summary>Only what came by this way.</summary>
    [Parameter, InAddress("way")]
    public string? WayInAddress { get; set; }

    /// <summary>Only this action.</summary>
    [Parameter, InAddress("action")]
    public string? ActionInAddress { get; set; }

    /// <summary>Only what was done to a subject whose name holds this.</summary>
    [Parameter, InAddress("subject")]
    public string? Subject { get; set; }

    /// <summary>The first day.</summary>
    [Parameter, InAddress("since")]
    public string? Since { get; set; }

    /// <summary>The last day.</summary>
    [Parameter, InAddress("until")]
    public string? Until { get; set; }

    /// <summary>Only what is older than the event with this key; null for the latest.</summary>
    [Parameter, InAddress("before")]
    public string? BeforeInAddress { get; set; }

    [Inject]
    private AuditQueries Audit { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private long? Before => long.TryParse(BeforeInAddress, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : null;

    private AuditFilter Filter => new()
    {
        Actor = Actor,
        Way = Enum.TryParse<Way>(WayInAddress, ignoreCase: true, out var way) && Enum.IsDefined(way) ? way : null,
        Action = Enum.TryParse<AuditAction>(ActionInAddress, ignoreCase: true, out var action) && Enum.IsDefined(action) ? action : null,
        Subject = Subject,
        Since = Day(Since),
        Until = Day(Until)?.AddDays(1),
    };

    private string Latest => Navigation.GetUriWithQueryParameter("before", (string?)null);

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _actors = await Audit.ActorsAsync(Closed);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_read == (Filter, Before))
        {
            return;
        }
        _read = (Filter, Before);
        // An older page stays as it is.
        Listen(change => Before is null && change.Kind is ChangeKind.Everything or ChangeKind.Study or ChangeKind.Model or ChangeKind.Note or ChangeKind.Token, _ => ReadAsync());
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        var (filter, before) = (Filter, Before);
        var events = await Audit.ListAsync(filter, before, PageSize + 1, Closed);
        if (_read == (filter, before))
        {
            _events = events;
        }
    }

    private void Set(string name, object? value) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
        {
            [name] = value is string { Length: > 0 } text ? text : null,
            ["before"] = null,
        }),
        replace: true);

    private string Older(long before) => Navigation.GetUriWithQueryParameter("before", before);

    private string Export(string format) => QueryHelpers.AddQueryString($"api/audit.{format}", new Dictionary<string, string?>
    {
        ["actor"] = Actor,
        ["way"] = Filter.Way?.ToString(),
        ["action"] = Filter.Action?.ToString(),
        ["subject"] = Subject,
        ["since"] = Filter.Since is { } since ? Format.Iso(since) : null,
        ["until"] = Filter.Until is { } until ? Format.Iso(until) : null,
    }.Where(parameter => parameter.Value is not null));

    private static DateTimeOffset? Day(string? text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day : null;
}
