using Workbench.Core.Datasets;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Datasets;

public sealed class DatasetEditTests : IAsyncLifetime
{
    private StoredDatasets _datasets = null!;

    public async Task InitializeAsync()
    {
        _datasets = await StoredDatasets.CreateAsync();
        await _datasets.ImportAsync("set", SmallPictures.In(["a", "b", "c"]).Append(new("a/x.txt", [1])));
    }

    public async Task DisposeAsync() => await _datasets.DisposeAsync();

    [Fact]
    public async Task Pictures_are_left_out()
    {
        await _datasets.Editor.EditAsync("set", 1, new DatasetEdit(Exclude: [0, 14]));

        Assert.Equal([("a", 4), ("b", 5), ("c", 4)], await ClassesAsync());
        var (before, after) = ((await _datasets.Source.OpenAsync("set", 1))!, (await _datasets.Source.OpenAsync("set", 2))!);
        Assert.Equal(before.Read(1, 8).Values, after.Read(0, 8).Values);
        // The file that could not be read is still told of; a class of four is new.
        Assert.Equal([DatasetProblemKind.Unreadable, DatasetProblemKind.SmallClass, DatasetProblemKind.SmallClass], (await _datasets.Browser.GetAsync("set")).Problems.Select(p => p.Kind));
        Assert.Single(await _datasets.StoredAsync());
    }

    [Fact]
    public async Task Pictures_are_moved_also_to_a_class_that_is_new()
    {
        await _datasets.Editor.EditAsync("set", 1, new DatasetEdit(Move: [0, 1], To: "b"));
        Assert.Equal([("a", 3), ("b", 7), ("c", 5)], await ClassesAsync());

        await _datasets.Editor.EditAsync("set", 2, new DatasetEdit(Move: [2, 3, 4], To: "Z"));
        Assert.Equal([("Z", 3), ("b", 7), ("c", 5)], await ClassesAsync());
    }

    [Fact]
    public async Task A_class_is_renamed_and_two_become_one()
    {
        await _datasets.Editor.EditAsync("set", 1, new DatasetEdit(Rename: "a", As: "d"));
        Assert.Equal([("b", 5), ("c", 5), ("d", 5)], await ClassesAsync());

        await _datasets.Editor.EditAsync("set", 2, new DatasetEdit(Rename: "d", As: "b"));
        Assert.Equal([("b", 10), ("c", 5)], await ClassesAsync());
        Assert.Equal(["d renamed to b", "a renamed to d", "imported from set.zip"], (await _datasets.Queries.VersionsAsync("set")).Select(v => v.Origin));
    }

    [Fact]
    public async Task What_is_undone_is_the_version_that_was()
    {
        await _datasets.Editor.EditAsync("set", 1, new DatasetEdit(Rename: "a", As: "d"));

        var added = await _datasets.Editor.EditAsync("set", 2, new DatasetEdit(Rename: "d", As: "a"));

        Assert.Equal((1, false), (added.Version, added.Created));
    }

    [Fact]
    public async Task Pictures_that_were_seen_in_an_earlier_version_are_found_in_the_newest()
    {
        await _datasets.Editor.EditAsync("set", 1, new DatasetEdit(Exclude: [0]));

        await _datasets.Editor.EditAsync("set", 1, new DatasetEdit(Exclude: [0, 1]));

        Assert.Equal([("a", 3), ("b", 5), ("c", 5)], await ClassesAsync());
    }

    [Fact]
    public async Task What_is_not_possible_is_refused_by_the_field()
    {
        (DatasetEdit Edit, string Field)[] wrong =
        [
            (new(), "exclude"), (new(Exclude: [15]), "exclude"), (new(Move: [-1], To: "b"), "move"), (new(Move: [1], To: " "), "to"), (new(Move: [1]), "to"),
            (new(Rename: "nothing", As: "x"), "rename"), (new(Rename: "a", As: "\u200b"), "as"), (new(Exclude: [.. Enumerable.Range(0, 10)]), "exclude"),
        ];

        foreach (var (edit, field) in wrong)
        {
            Assert.Equal(field, (await Assert.ThrowsAsync<FieldException>(() => _datasets.Editor.EditAsync("set", 1, edit))).Field);
        }
        await Assert.ThrowsAsync<NotFoundException>(() => _datasets.Editor.EditAsync("set", 2, new DatasetEdit(Exclude: [1])));
        Assert.Single(await _datasets.Queries.VersionsAsync("set"));
    }

    [Fact]
    public async Task A_dataset_is_removed_with_its_pictures_and_its_numbers_are_not_given_again()
    {
        await _datasets.Editor.EditAsync("set", 1, new DatasetEdit(Exclude: [0]));
        await _datasets.ImportAsync("other", SmallPictures.In(["a", "b", "c"]));

        await _datasets.Remover.RemoveAsync("set");

        Assert.Equal(["other"], (await _datasets.Source.ListAsync()).Select(dataset => dataset.Name));
        Assert.Single(await _datasets.StoredAsync());
        await Assert.ThrowsAsync<NotFoundException>(() => _datasets.Remover.RemoveAsync("set"));
        Assert.Equal(3, (await _datasets.ImportAsync("set", SmallPictures.In(["a", "b"]))).Version);
        Assert.NotEmpty((await _datasets.Source.OpenAsync("other", null))!.Read(0, 8).Values);
    }

    [Fact]
    public async Task What_studies_need_is_removed_only_by_force()
    {
        await _datasets.ImportAsync("mine", SmallPictures.In(["a", "b"]));
        await using (var study = _datasets.Tracking.Database.Durable.CreateCommand("UPDATE studies SET dataset = 'mine'"))
        {
            await _datasets.Tracking.StudyAsync(1);
            await study.ExecuteNonQueryAsync();
        }

        Assert.Contains("study", (await Assert.ThrowsAsync<ConflictException>(() => _datasets.Remover.RemoveAsync("mine"))).Message);
        await _datasets.Remover.RemoveAsync("mine", force: true);

        Assert.DoesNotContain(await _datasets.Source.ListAsync(), dataset => dataset.Name == "mine");
    }

    private async Task<IEnumerable<(string, int)>> ClassesAsync() => (await _datasets.Browser.GetAsync("set")).Classes.Select(c => (c.Name, c.Count));
}
