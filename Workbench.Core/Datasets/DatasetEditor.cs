using Workbench.Core.Access;
using Workbench.Core.Audit;
using Workbench.Core.Text;
using Workbench.Core.Tracking;

namespace Workbench.Core.Datasets;

/// <summary>What is changed of a dataset. At least one of them is given.</summary>
/// <param name="Exclude">Pictures that are left out.</param>
/// <param name="Move">Pictures that are moved to another class.</param>
/// <param name="To">Their class; one that does not exist is made.</param>
/// <param name="Rename">A class that gets another name.</param>
/// <param name="As">Its name; if that is the name of another class, they become one.</param>
public sealed record DatasetEdit(
    IReadOnlyList<int>? Exclude = null, IReadOnlyList<int>? Move = null, string? To = null, string? Rename = null, string? As = null);

/// <summary>Changes datasets: each change makes a version, of the same pictures in the store.</summary>
public sealed class DatasetEditor(DatasetStore store, DatasetQueries queries)
{
    /// <summary>Makes a version that differs from the newest.</summary>
    /// <param name="name">The dataset.</param>
    /// <param name="version">The version in which the pictures have the given places. If it is not the newest, they are looked for in that; those
    /// that it has no more are passed over.</param>
    /// <param name="edit">What differs.</param>
    /// <param name="cancellationToken">Gives up; nothing is changed then.</param>
    /// <returns>The version: a new one, or the one that has the same contents.</returns>
    /// <exception cref="NotFoundException">There is no such version, or it comes with the program.</exception>
    /// <exception cref="FieldException">The change is not possible.</exception>
    public async Task<AddedVersion> EditAsync(string name, int version, DatasetEdit edit, CancellationToken cancellationToken = default)
    {
        Actor.Current.Require(Scope.Write);
        var seen = await queries.FindAsync(name, version, cancellationToken)
            ?? throw new NotFoundException($"There is no version {version} of an imported dataset named '{name}'.");
        var newest = (await queries.FindAsync(name, cancellationToken: cancellationToken))!;
        var items = await queries.ItemsAsync(newest.Id, cancellationToken);
        var places = await PlacesAsync(seen, newest, items, cancellationToken);
        var excluded = Indices("exclude", edit.Exclude, seen, places);
        var moved = Indices("move", edit.Move, seen, places);
        var names = items.Select(item => newest.Classes[item.Class]).ToArray();
        var said = new List<string>();
        if (edit.Rename is { } old)
        {
            FieldException.Require("rename", newest.Classes.Contains(old) ? null : $"'{name}' has no class '{old}'.");
            FieldException.Require("as", ClassFault(edit.As));
            names = [.. names.Select(now => now == old ? edit.As! : now)];
            said.Add($"{old} renamed to {edit.As}");
        }
        if (moved.Count > 0)
        {
            FieldException.Require("to", ClassFault(edit.To));
            foreach (var index in moved)
            {
                names[index] = edit.To!;
            }
            said.Add($"{Counted(moved.Count)} moved to {edit.To}");
        }
        if (excluded.Count > 0)
        {
            said.Add($"{Counted(excluded.Count)} excluded");
        }
        FieldException.Require("exclude", said.Count > 0 ? null : "Nothing is to be changed: give pictures to exclude, pictures to move, or a class to rename.");
        int[] kept = [.. Enumerable.Range(0, items.Count).Where(index => !excluded.Contains(index))];
        var contents = Contents(newest, items, kept, names);
        try
        {
            // What could not be read when the pictures were imported stays as it was.
            var problems = (await queries.ProblemsAsync(newest.Id, int.MaxValue, cancellationToken)).Problems
                .Where(problem => problem.Kind == DatasetProblemKind.Unreadable).Concat(contents.Problems()).ToList();
            return await store.DeriveAsync(
                name, contents.ToVersion(string.Join(", ", said)), newest.Id, kept, [.. contents.Items.Select(item => item.Class)], problems, cancellationToken);
        }
        catch (DatasetException exception)
        {
            throw new FieldException("exclude", exception.Message);
        }
    }

    private async Task<IReadOnlyDictionary<int, int>?> PlacesAsync(
        DatasetVersion seen, DatasetVersion newest, IReadOnlyList<DatasetItem> items, CancellationToken cancellationToken)
    {
        if (seen.Id == newest.Id)
        {
            return null;
        }
        var now = items.ToLookup(item => (item.Path, Convert.ToHexString(item.Sha256)), item => item.Index);
        return (await queries.ItemsAsync(seen.Id, cancellationToken))
            .Select(item => (item.Index, Now: now[(item.Path, Convert.ToHexString(item.Sha256))]))
            .Where(item => item.Now.Any()).ToDictionary(item => item.Index, item => item.Now.First());
    }

    private static HashSet<int> Indices(string field, IReadOnlyList<int>? given, DatasetVersion seen, IReadOnlyDictionary<int, int>? places)
    {
        foreach (var index in given ?? [])
        {
            FieldException.Require(field, index >= 0 && index < seen.Count ? null : $"{field}: there is no picture {index}; they are 0 to {seen.Count - 1}.");
        }
        return [.. (given ?? []).Where(index => places is null || places.ContainsKey(index)).Select(index => places?[index] ?? index)];
    }

    private static DatasetContents Contents(DatasetVersion newest, IReadOnlyList<DatasetItem> items, int[] kept, string[] names)
    {
        var classes = DatasetContents.InOrder(kept.Select(index => names[index]));
        var classIndex = classes.Index().ToDictionary(c => c.Item, c => c.Index);
        return new DatasetContents(classes, newest.Parts,
        [
            .. kept.Select(index => items[index]).Zip(kept, (item, index) => new DatasetItem
            {
                Class = classIndex[names[index]],
                Sha256 = item.Sha256,
                Part = item.Part,
                Path = item.Path,
                Width = item.Width,
                Height = item.Height,
                Channels = item.Channels,
                Bytes = item.Bytes,
                PackId = item.PackId,
                Offset = item.Offset,
            }),
        ],
        newest.Drawn);
    }

    private static string? ClassFault(string? name) =>
        string.IsNullOrWhiteSpace(name) ? "A class needs a name." : TextRule.LineFault("The name of a class", name, TextRule.MostNameCharacters);

    private static string Counted(int pictures) => pictures == 1 ? "1 picture" : $"{pictures} pictures";
}
