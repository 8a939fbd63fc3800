using Workbench.Core.Artifacts;
using Workbench.Core.Backups;
using Workbench.Core.Datasets;
using Workbench.Core.Platform;
using Workbench.Core.Tracking;
using Workbench.Tests.Artifacts;
using Workbench.Tests.Serving;
using Workbench.Tests.Tracking;
using Workbench.Tests.Training;

namespace Workbench.Tests.Datasets;

public sealed class DatasetImportTests : IAsyncLifetime
{
    private StoredDatasets _datasets = null!;

    public async Task InitializeAsync() => _datasets = await StoredDatasets.CreateAsync();

    public async Task DisposeAsync() => await _datasets.DisposeAsync();

    [Fact]
    public async Task The_same_contents_are_the_same_version_and_changed_contents_the_next()
    {
        var files = SmallPictures.In(["train/a", "train/b", "test/a", "test/b"]);

        Assert.Equal((1, true), Told(await _datasets.ImportAsync("set", files)));
        // Another order, other names, another folder above.
        Assert.Equal((1, false), Told(await _datasets.ImportAsync("set", files.Reverse().Select(file => new KeyValuePair<string, byte[]>($"top/{file.Key.Replace(".png", "_.png")}", file.Value)))));
        files.Add("train/a/more.png", SmallPictures.Png(77));
        Assert.Equal((2, true), Told(await _datasets.ImportAsync("set", files)));
        files.Remove("train/a/more.png");
        Assert.Equal((1, false), Told(await _datasets.ImportAsync("set", files)));

        var detail = await _datasets.Browser.GetAsync("set");
        Assert.Equal((2, 21, "train, test", 3), (detail.Summary.Version, detail.Summary.Schema.Count, string.Join(", ", detail.Summary.Schema.Parts), detail.Summary.Schema.Images.Channels));
        Assert.Equal([("a", 11, 6, 5), ("b", 10, 5, 5)], detail.Classes.Select(c => (c.Name, c.Count, c.Parts[0], c.Parts[1])));
        // Only what was not there yet went to the store.
        Assert.Equal(2, (await _datasets.StoredAsync()).Length);
    }

    [Fact]
    public async Task Strokes_on_a_plain_ground_are_told_from_other_pictures_and_stay_so_when_the_dataset_is_changed()
    {
        await _datasets.ImportAsync("photographs", SmallPictures.In(["a", "b"]));
        await _datasets.ImportAsync("digits", Enumerable.Range(0, 30).Select(i =>
            new KeyValuePair<string, byte[]>($"{Samples.Mnist.Labels[i] % 2}/{i}.png", Pictures.Of(Samples.Mnist.Image(i)).Png())));
        await _datasets.Editor.EditAsync("digits", 1, new DatasetEdit(Exclude: [0]));

        var schemas = (await _datasets.Source.ListAsync()).ToDictionary(dataset => dataset.Name, dataset => dataset.Schema);
        Assert.Equal((29, "glyphs"), (schemas["digits"].Count, Samples.Encoders.Propose(schemas["digits"]).Name));
        Assert.Equal("resnet18-128", Samples.Encoders.Propose(schemas["photographs"]).Name);
    }

    [Fact]
    public async Task What_was_made_of_a_removed_dataset_goes_with_it_unless_another_has_the_same_contents()
    {
        var files = SmallPictures.In(["a", "b"]);
        var fingerprint = (await _datasets.Queries.FindAsync("set", (await _datasets.ImportAsync("set", files)).Version))!.Fingerprint;
        await _datasets.ImportAsync("twin", files);
        string[] kept = [DerivedFiles.FeaturesFile("e", "other"), DerivedFiles.PicturesFile("p", "other")];
        string[] made = [DerivedFiles.FeaturesFile("e", fingerprint), DerivedFiles.FeaturesFile("e", $"{fingerprint}.mirrored"), DerivedFiles.PicturesFile("p", fingerprint)];
        foreach (var name in kept.Concat(made))
        {
            var folder = name.EndsWith(".pictures", StringComparison.Ordinal) ? _datasets.Data.Pictures : _datasets.Data.Features;
            Directory.CreateDirectory(folder);
            await File.WriteAllBytesAsync(Path.Combine(folder, name), [1]);
        }
        foreach (var of in (string[])[fingerprint, $"{fingerprint}.mirrored", "other"])
        {
            await _datasets.Artifacts.PutAsync(DerivedFiles.FeaturesKey("e", of, "0-10.safetensors"), new byte[1], "application/octet-stream");
        }

        await _datasets.Remover.RemoveAsync("twin");
        Assert.Equal(kept.Concat(made).Order(), OnDisk());
        Assert.Equal(3, (await _datasets.Artifacts.ListAsync("features")).Count);

        await _datasets.Remover.RemoveAsync("set");
        Assert.Equal(kept.Order(), OnDisk());
        Assert.Equal([DerivedFiles.FeaturesKey("e", "other", "0-10.safetensors")], (await _datasets.Artifacts.ListAsync("features")).Select(part => part.Key));

        IEnumerable<string?> OnDisk() => Directory.EnumerateFiles(_datasets.Data.Features).Concat(Directory.EnumerateFiles(_datasets.Data.Pictures)).Select(Path.GetFileName).Order();
    }

    [Fact]
    public async Task A_version_that_is_opened_reads_its_pictures()
    {
        await _datasets.ImportAsync("set", SmallPictures.In(["2", "10", "1"]));

        var dataset = (await _datasets.Source.OpenAsync("set", 1))!;

        Assert.Equal(["1", "2", "10"], dataset.Classes);
        Assert.Equal((15, 12, 8, true), (dataset.Count, dataset.Schema.Images.Width, dataset.Schema.Images.Height, dataset.Schema.Images.SameSize));
        var items = await _datasets.Browser.PicturesAsync("set", 1, new PictureFilter(Class: "10"), offset: 1, limit: 2);
        Assert.Equal((5, "10/1.png", "10/2.png"), (items.Total, items.Pictures[0].Path, items.Pictures[1].Path));
        var expected = PictureDecoder.Decode(SmallPictures.Png(6), 8, 3);
        var read = dataset.Read(items.Pictures[0].Id, 8);
        Assert.Equal(expected.Values, read.Values);
        Assert.Equal("image/png", (await _datasets.Browser.ThumbnailAsync("set", 1, 0)).Type);
        Assert.Null(await _datasets.Source.OpenAsync("set", 2));
    }

    [Fact]
    public async Task What_is_wrong_is_told_and_the_rest_is_imported()
    {
        var files = SmallPictures.In(["train/a", "train/b", "test/a"]);
        files["train/a/notes.txt"] = "no picture"u8.ToArray();
        files["train/a/cut.png"] = files["train/a/0.png"][..40];
        files["train/a/twice.png"] = files["train/a/1.png"];
        files["train/b/both.png"] = files["train/a/2.png"];
        files["test/a/leak.png"] = files["train/a/3.png"];
        files["train/c/one.png"] = SmallPictures.Png(99);

        await _datasets.ImportAsync("set", files);

        var detail = await _datasets.Browser.GetAsync("set");
        Assert.Equal(
            [(DatasetProblemKind.Unreadable, "train/a/cut.png"), (DatasetProblemKind.Unreadable, "train/a/notes.txt"), (DatasetProblemKind.Duplicate, "train/a/1.png"),
             (DatasetProblemKind.TwoClasses, "train/a/2.png"), (DatasetProblemKind.TwoParts, "test/a/leak.png"), (DatasetProblemKind.SmallClass, "c")],
            detail.Problems.OrderBy(problem => problem.Kind).ThenBy(problem => problem.Subject, StringComparer.Ordinal).Select(problem => (problem.Kind, problem.Subject)));
        Assert.Equal(6, detail.Versions[0].Problems);
        var leak = detail.Problems.Single(problem => problem.Kind == DatasetProblemKind.TwoParts);
        var same = await _datasets.Browser.PicturesAsync("set", 1, new PictureFilter(Sha256: Convert.ToHexString(leak.Sha256!)), 0, 10);
        Assert.Equal(["test/a/leak.png", "train/a/3.png"], same.Pictures.Select(picture => picture.Path));
    }

    [Theory]
    [InlineData("There is only one class, 'a'", "a/0.png")]
    [InlineData("holds no pictures with classes", "README.md")]
    [InlineData("holds no pictures with classes", "0.png", "1.png")]
    public async Task What_has_no_classes_is_refused_and_leaves_nothing(string said, params string[] paths)
    {
        var files = paths.Index().ToDictionary(path => path.Item, path => SmallPictures.Png(path.Index));

        var refused = await Assert.ThrowsAsync<FieldException>(() => _datasets.ImportAsync("set", files));

        Assert.Equal(("file", true), (refused.Field, refused.Message.Contains(said, StringComparison.Ordinal)));
        Assert.Empty(await _datasets.Source.ListAsync());
        await _datasets.Remover.PurgeAsync();
        Assert.Empty(await _datasets.StoredAsync());
    }

    [Fact]
    public async Task An_import_that_is_cancelled_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _datasets.ImportAsync("set", SmallPictures.In(["a", "b"], 100), new Heard<ImportProgress>(_ => cancel.Cancel()), cancel.Token));

        await _datasets.Remover.PurgeAsync();
        Assert.Empty(await _datasets.Source.ListAsync());
        Assert.Empty(await _datasets.StoredAsync());
        Assert.Empty(_datasets.UnderWay.All);
        Assert.Empty(Directory.EnumerateFiles(_datasets.Data.Packs));
    }

    [Fact]
    public async Task What_an_import_left_when_it_died_is_removed_after_a_day_and_not_before()
    {
        var dead = await _datasets.Packs.AddAsync(new string('a', 64), 3);
        await _datasets.Artifacts.PutAsync(dead.Key, new byte[3], "application/octet-stream");

        await _datasets.Remover.PurgeAsync();
        Assert.Equal([dead.Key], await _datasets.StoredAsync());
        await using (var age = _datasets.Tracking.Database.Durable.CreateCommand("UPDATE dataset_packs SET created_at = created_at - interval '25 hours'"))
        {
            await age.ExecuteNonQueryAsync();
        }
        await _datasets.Remover.PurgeAsync();

        Assert.Empty(await _datasets.StoredAsync());
    }

    [Fact]
    public async Task What_a_machine_keeps_of_packs_that_are_no_more_is_removed()
    {
        var pack = await _datasets.Packs.AddAsync(new string('b', 64), 1);
        string[] names = [pack.Sha256, "draft-new", "draft-old", new string('c', 64)];
        foreach (var name in names)
        {
            Directory.CreateDirectory(_datasets.Data.Packs);
            await File.WriteAllBytesAsync(Path.Combine(_datasets.Data.Packs, name), [1]);
            File.SetLastWriteTimeUtc(Path.Combine(_datasets.Data.Packs, name), DateTime.UtcNow - (name == "draft-new" ? TimeSpan.Zero : TimeSpan.FromHours(25)));
        }

        await _datasets.Remover.PurgeAsync();

        Assert.Equal([pack.Sha256, "draft-new"], Directory.EnumerateFiles(_datasets.Data.Packs).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Two_imports_of_the_same_at_the_same_time_are_one_version()
    {
        var files = SmallPictures.In(["a", "b"]);

        var added = await Task.WhenAll(_datasets.ImportAsync("set", files), _datasets.ImportAsync("set", files), _datasets.ImportAsync("set", files));

        Assert.Equal([(1, false), (1, false), (1, true)], added.Select(Told).Order());
        await _datasets.Remover.PurgeAsync();
        Assert.Single(await _datasets.StoredAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-x")]
    [InlineData("a/b")]
    public async Task A_wrong_name_is_refused(string name) =>
        Assert.Equal("name", (await Assert.ThrowsAsync<FieldException>(() => _datasets.ImportAsync(name, SmallPictures.In(["a", "b"])))).Field);

    [Fact]
    public async Task What_comes_with_the_program_is_neither_replaced_nor_removed()
    {
        await Assert.ThrowsAsync<ConflictException>(() => _datasets.ImportAsync(Mnist.DatasetName, SmallPictures.In(["a", "b"])));
        await Assert.ThrowsAsync<ConflictException>(() => _datasets.Remover.RemoveAsync(Mnist.DatasetName));
    }

    [Fact]
    public async Task A_backup_holds_the_pictures()
    {
        await _datasets.ImportAsync("set", SmallPictures.In(["a", "b"]));
        using var folder = new TemporaryFolder();
        await using (var file = File.Create(folder["backup.zip"]))
        {
            var (_, lacks) = await new Backup(_datasets.Tracking.Database, _datasets.Artifacts, TimeProvider.System).WriteAsync(file);
            Assert.Empty(lacks);
        }
        await using var target = await PostgresFixture.CreateDatabaseAsync();
        await using var database = new Database(target.ConnectionString);
        await using var restored = new TrackingFixture(database);
        var store = new LocalArtifactStore(folder["store"]);

        await new Restoration(database, store).RunAsync(folder["backup.zip"], mayReplace: false);

        var there = new ImportedDatasets(new DatasetQueries(restored), new DatasetPacks(database), new PackCache(store, DataDirectory.Open(folder["data"])));
        Assert.Equal((await _datasets.Source.OpenAsync("set", 1))!.Read(3, 8).Values, (await there.OpenAsync("set", 1))!.Read(3, 8).Values);
    }

    [SkippableFact]
    public async Task Another_machine_reads_the_pictures_from_the_store()
    {
        var s3 = new S3ArtifactStore(await S3Fixture.SettingsAsync());
        await s3.CheckAsync();
        await using var here = await StoredDatasets.CreateAsync(s3);
        await here.ImportAsync("set", SmallPictures.In(["a", "b"]));
        using var elsewhere = new TemporaryFolder();
        var there = new ImportedDatasets(here.Queries, here.Packs, new PackCache(s3, DataDirectory.Open(elsewhere.Path)));

        var (mine, theirs) = ((await here.Source.OpenAsync("set", null))!, (await there.OpenAsync("set", null))!);

        Assert.All(Enumerable.Range(0, 10), index => Assert.Equal(mine.Read(index, 8).Values, theirs.Read(index, 8).Values));
        Assert.Equal(mine.Fingerprint, theirs.Fingerprint);
    }

    [SkippableFact]
    public async Task A_pack_that_the_store_has_damaged_is_not_taken_for_pictures()
    {
        var s3 = new S3ArtifactStore(await S3Fixture.SettingsAsync());
        await s3.CheckAsync();
        await using var here = await StoredDatasets.CreateAsync(s3);
        await here.ImportAsync("set", SmallPictures.In(["a", "b"]));
        await s3.PutAsync((await here.StoredAsync()).Single(), new byte[5000], "application/octet-stream");
        using var elsewhere = new TemporaryFolder();
        var there = await new ImportedDatasets(here.Queries, here.Packs, new PackCache(s3, DataDirectory.Open(elsewhere.Path))).OpenAsync("set", null);

        Assert.Contains("damaged", Assert.Throws<DatasetException>(() => there!.Read(0, 8)).Message);
    }

    private static (int Version, bool Created) Told(AddedVersion added) => (added.Version, added.Created);

    private sealed class Heard<T>(Action<T> hear) : IProgress<T>
    {
        public void Report(T value) => hear(value);
    }
}
