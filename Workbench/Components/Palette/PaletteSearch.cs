using System.Globalization;
using MudBlazor;
using Workbench.Components.Data;
using Workbench.Components.Experiments;
using Workbench.Components.Models;
using Workbench.Components.Studies;
using Workbench.Core.Datasets;
using Workbench.Core.Tracking;

namespace Workbench.Components.Palette;

/// <summary>One thing the palette offers.</summary>
/// <param name="Group">Under which heading.</param>
/// <param name="Command">What choosing it does.</param>
/// <param name="Note">What else tells it from others.</param>
/// <param name="Match">How it fits to what was typed.</param>
public sealed record PaletteItem(string Group, Command Command, string? Note, FuzzyMatch Match);

/// <summary>What the palette searches in.</summary>
/// <param name="Menus">All commands.</param>
/// <param name="Studies">All studies, the latest first.</param>
/// <param name="Models">All models.</param>
/// <param name="Datasets">The newest version of every dataset.</param>
/// <param name="Open">The study whose page is open, if one is.</param>
internal sealed record PaletteContents(
    IReadOnlyList<Menu> Menus, IReadOnlyList<StudyLine> Studies, IReadOnlyList<RegisteredModel> Models, IReadOnlyList<DatasetSummary> Datasets,
    StudyLine? Open)
{
    /// <summary>The experiments that are no studies.</summary>
    public IReadOnlyList<ExperimentLine> Experiments { get; init; } = [];
}

/// <summary>Searches commands, studies, trials, experiments, models and datasets at once.</summary>
internal static class PaletteSearch
{
    private const int MostOfAGroup = 7;

    /// <summary>What fits, under headings, the best heading first and in each the best item first.</summary>
    /// <param name="query">What was typed; with nothing typed, what is most likely wanted.</param>
    /// <param name="contents">What to search in.</param>
    /// <param name="forStudy">The commands for a study, so that a command can be given to a study that is not open.</param>
    public static IReadOnlyList<IGrouping<string, PaletteItem>> Find(
        string query, PaletteContents contents, Func<string, StudyState, IReadOnlyList<Command>> forStudy)
    {
        query = query.Trim();
        var found = Commands(query, contents.Menus).Concat(Studies(query, contents.Studies)).Concat(Models(query, contents.Models)).Concat(Datasets(query, contents.Datasets))
            .Concat(Experiments(query, contents.Experiments));
        if (query.Length > 0)
        {
            found = found.Concat(Trials(query, contents)).Concat(StudyCommands(query, contents.Studies, forStudy));
        }
        // OrderBy is stable: what fits alike stays in its own order.
        var groups = found.OrderByDescending(item => query.Length == 0 ? 0 : item.Match.Score).GroupBy(item => item.Group);
        return query.Length == 0
            ? [.. groups.OrderBy(group => group.Key switch { "Study" when contents.Open is not null => 0, "Studies" => 1, "Models" => 3, "Datasets" => 4, "Experiments" => 5, _ => 2 })
                .Select(group => Limit(group, group.Key is "Studies" or "Models" or "Datasets" or "Experiments" ? 5 : int.MaxValue))]
            : [.. groups.Select(group => Limit(group, MostOfAGroup))];
    }

    private static IEnumerable<PaletteItem> Commands(string query, IReadOnlyList<Menu> menus) =>
        from menu in menus
        from command in menu.Commands
        where command is { Unavailable: null, InBrowser: not "palette" }
        // The menu's name finds its commands, too.
        let match = Fuzzy.Match(query, command.Title) ?? Fuzzy.Match(query, $"{command.Title} {menu.Title}")
        where match is not null
        select new PaletteItem(menu.Title, command, null, match);

    private static IEnumerable<PaletteItem> Studies(string query, IReadOnlyList<StudyLine> studies) =>
        from study in studies
        let match = Fuzzy.Match(query, study.Name)
        where match is not null
        orderby study.State == StudyState.Running descending
        select new PaletteItem(
            "Studies", new Command(study.Name, Icons.Material.Outlined.Insights) { Address = StudyActions.Address(study.Name) },
            $"{study.State.ToString().ToLowerInvariant()} · {study.Trials} {(study.Trials == 1 ? "trial" : "trials")}", match);

    private static IEnumerable<PaletteItem> Models(string query, IReadOnlyList<RegisteredModel> models)
    {
        foreach (var model in models)
        {
            if (Fuzzy.Match(query, model.Name) is { } match)
            {
                var note = $"{model.Versions.Count} {(model.Versions.Count == 1 ? "version" : "versions")}";
                yield return new PaletteItem("Models", new Command(model.Name, Icons.Material.Outlined.ViewInAr) { Address = ModelPage.Address(model.Name) }, note, match);
            }
            // With nothing typed, models are enough.
            foreach (var version in query.Length > 0 ? model.Versions.OrderByDescending(v => v.Version).ToList() : [])
            {
                var title = $"{model.Name} v{version.Version}";
                if (Fuzzy.Match(query, title) is { } fits)
                {
                    var aliases = string.Join(", ", model.Aliases.Where(a => a.Version == version.Version).Select(a => a.Alias));
                    yield return new PaletteItem(
                        "Models", new Command(title, Icons.Material.Outlined.ViewInAr) { Address = ModelPage.Address(model.Name, version.Version) },
                        aliases.Length > 0 ? aliases : version.State.ToString().ToLowerInvariant(), fits);
                }
            }
        }
    }

    private static IEnumerable<PaletteItem> Datasets(string query, IReadOnlyList<DatasetSummary> datasets) =>
        from dataset in datasets
        let match = Fuzzy.Match(query, dataset.Name)
        where match is not null
        select new PaletteItem(
            "Datasets", new Command(dataset.Name, Icons.Material.Outlined.PhotoLibrary) { Address = DatasetPage.Address(dataset.Name) },
            string.Create(CultureInfo.InvariantCulture, $"{dataset.Schema.Count:N0} pictures · version {dataset.Version}"), match);

    private static IEnumerable<PaletteItem> Experiments(string query, IReadOnlyList<ExperimentLine> experiments) =>
        from experiment in experiments
        let match = Fuzzy.Match(query, experiment.Name)
        where match is not null
        select new PaletteItem(
            "Experiments", new Command(experiment.Name, Icons.Material.Outlined.Biotech) { Address = ExperimentPage.Address(experiment.Id) }, "logged runs", match);

    // "trial 12", "mnist 12": a number is a trial of the study that the rest names, or of the open one.
    private static IEnumerable<PaletteItem> Trials(string query, PaletteContents contents)
    {
        var words = query.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!int.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            yield break;
        }
        var names = words[..^1].Where(word => !"trial".StartsWith(word, StringComparison.OrdinalIgnoreCase)).ToArray();
        foreach (var study in names.Length == 0 ? contents.Open is { } open ? [open] : [] : contents.Studies)
        {
            if (number < study.Trials && Fuzzy.Match(string.Join(' ', names), study.Name) is not null)
            {
                var title = $"{study.Name} · trial {number}";
                yield return new PaletteItem(
                    "Trials", new Command(title, Icons.Material.Outlined.Science) { Address = $"{StudyActions.Address(study.Name)}?trial={number}" },
                    null, Fuzzy.Match(string.Join(' ', [.. names, words[^1]]), title) ?? new FuzzyMatch(0, new HashSet<int>()));
            }
        }
    }

    // "stop mnist-3"
    private static IEnumerable<PaletteItem> StudyCommands(
        string query, IReadOnlyList<StudyLine> studies, Func<string, StudyState, IReadOnlyList<Command>> forStudy) =>
        from study in query.Contains(' ', StringComparison.Ordinal) ? studies : []
        from command in forStudy(study.Name, study.State)
        where command.Unavailable is null
        let title = $"{command.Title.TrimEnd('…')}: {study.Name}"
        let match = Fuzzy.Match(query, title)
        // Each part was asked for: the study, and what to do with it.
        where match is not null && match.Marks.Any(i => i < command.Title.Length) && match.Marks.Any(i => i > title.Length - study.Name.Length - 1)
        select new PaletteItem("Actions", command with { Title = title }, null, match);

    private static IGrouping<string, PaletteItem> Limit(IGrouping<string, PaletteItem> group, int most) =>
        group.Take(most).GroupBy(item => item.Group).Single();
}
