using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public class NoteStoreTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_study_a_run_and_a_model_version_each_have_a_note_and_tags()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 1);
        var subjects = new[] { Subject.Study(study.Id), Subject.Run(store.Claim(study, "job").Lease.RunId), await VersionAsync(store) };

        foreach (var (index, subject) in subjects.Index())
        {
            await store.Notes.WriteNoteAsync(subject, $"note {index}\r\nof *two* lines");
            await store.Notes.ChangeTagsAsync(subject, new Dictionary<string, string?> { ["number"] = $"{index}" });
        }

        foreach (var (index, subject) in subjects.Index())
        {
            var notes = await store.Notes.ReadAsync(subject);
            Assert.Equal($"note {index}\nof *two* lines", notes.Note);
            Assert.Equal($"{index}", Assert.Single(notes.Tags).Value);
        }
        var summary = await store.Queries.GetAsync("study");
        Assert.Equal(("note 0\nof *two* lines", "0"), (summary.Study.Note, summary.Study.Tags["number"]));
    }

    [Fact]
    public async Task Who_has_not_seen_the_latest_note_cannot_replace_it()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var subject = Subject.Study((await store.StudyAsync(trials: 1)).Id);
        await store.Notes.WriteNoteAsync(subject, "hers", was: "");

        var conflict = await Assert.ThrowsAsync<ConflictException>(() => store.Notes.WriteNoteAsync(subject, "his", was: ""));

        Assert.Contains("in the meantime", conflict.Message);
        Assert.Equal("hers", (await store.Notes.ReadAsync(subject)).Note);
        await store.Notes.WriteNoteAsync(subject, "hers and his", was: "hers");
        Assert.Equal("hers and his", (await store.Notes.ReadAsync(subject)).Note);
    }

    [Fact]
    public async Task Of_many_who_write_at_the_same_moment_one_succeeds_and_the_others_are_told()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var subject = Subject.Study((await store.StudyAsync(trials: 1)).Id);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(async writer =>
        {
            try
            {
                await store.Notes.WriteNoteAsync(subject, $"writer {writer}", was: "");
                return writer;
            }
            catch (ConflictException)
            {
                return -1;
            }
        }));

        var winner = Assert.Single(outcomes, outcome => outcome >= 0);
        Assert.Equal($"writer {winner}", (await store.Notes.ReadAsync(subject)).Note);
    }

    [Fact]
    public async Task Tags_set_at_the_same_moment_are_all_there()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var subject = Subject.Study((await store.StudyAsync(trials: 1)).Id);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(
            i => store.Notes.ChangeTagsAsync(subject, new Dictionary<string, string?> { [$"tag-{i}"] = $"{i}" })));

        Assert.Equal(16, (await store.Notes.ReadAsync(subject)).Tags.Count);
    }

    [Fact]
    public async Task A_change_of_tags_sets_replaces_and_removes_and_leaves_the_others_alone()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var subject = Subject.Study((await store.StudyAsync(trials: 1)).Id);
        await store.Notes.ChangeTagsAsync(subject, new Dictionary<string, string?> { ["owner"] = "ana", ["stage"] = "draft", ["old"] = "" });

        var tags = await store.Notes.ChangeTagsAsync(subject, new Dictionary<string, string?> { ["stage"] = "\"final\"", ["old"] = null, ["never"] = null });

        Assert.Equal([new("owner", "ana"), new("stage", "\"final\"")], tags.OrderBy(tag => tag.Key));
        Assert.Equal(tags, (await store.Notes.ReadAsync(subject)).Tags);
    }

    [Fact]
    public async Task A_blank_text_removes_the_note()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 1);
        await store.Notes.WriteNoteAsync(Subject.Study(study.Id), "something");

        await store.Notes.WriteNoteAsync(Subject.Study(study.Id), " \n ");

        Assert.Null((await store.Queries.GetAsync("study")).Study.Note);
    }

    [Theory]
    [InlineData(20_001, 'x', "20001 characters; 20000 is the most")]
    [InlineData(1, '\0', "NUL")]
    [InlineData(1, '\ud800', "half a character")]
    public async Task A_text_that_cannot_be_kept_is_refused(int length, char character, string said)
    {
        await using var store = await TrackingFixture.CreateAsync();
        var subject = Subject.Study((await store.StudyAsync(trials: 1)).Id);

        var fault = await Assert.ThrowsAsync<FieldException>(() => store.Notes.WriteNoteAsync(subject, new string(character, length)));

        Assert.Contains(said, fault.Message);
        Assert.Equal("text", fault.Field);
    }

    [Theory]
    [InlineData("", "x", "needs a key")]
    [InlineData("a\nb", "x", "may hold only")]
    [InlineData(" a", "x", "may hold only")]
    [InlineData("a=b", "x", "may hold only")]
    [InlineData("a", "\0", "NUL")]
    public void A_bad_tag_is_refused_with_a_reason(string key, string value, string said) =>
        Assert.Contains(said, NoteStore.TagFault(Subject.Study(1), key, value));

    [Fact]
    public void The_length_of_a_tag_and_the_tags_of_the_workbench_itself_are_guarded()
    {
        Assert.Null(NoteStore.TagFault(Subject.Study(1), new string('k', 250), new string('v', 5_000)));
        Assert.Contains("250 is the most", NoteStore.TagFault(Subject.Study(1), new string('k', 251), ""));
        Assert.Contains("5000 is the most", NoteStore.TagFault(Subject.Study(1), "k", new string('v', 5_001)));
        Assert.Contains("the workbench itself", NoteStore.TagFault(Subject.Run(1), "version", "7"));
        Assert.Null(NoteStore.TagFault(Subject.Study(1), "version", "7"));
    }

    [Fact]
    public async Task More_than_a_hundred_tags_are_too_many()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var subject = Subject.Study((await store.StudyAsync(trials: 1)).Id);
        await store.Notes.ChangeTagsAsync(subject, Enumerable.Range(0, 100).ToDictionary(i => $"tag-{i}", _ => (string?)""));

        await Assert.ThrowsAsync<FieldException>(() => store.Notes.ChangeTagsAsync(subject, new Dictionary<string, string?> { ["one more"] = "" }));
        await store.Notes.ChangeTagsAsync(subject, new Dictionary<string, string?> { ["one more"] = "", ["tag-0"] = null });

        Assert.Equal(100, (await store.Notes.ReadAsync(subject)).Tags.Count);
    }

    [Fact]
    public async Task What_does_not_exist_has_no_note()
    {
        await using var store = await TrackingFixture.CreateAsync();

        await Assert.ThrowsAsync<NotFoundException>(() => store.Notes.ReadAsync(Subject.Run(1)));
        await Assert.ThrowsAsync<NotFoundException>(() => store.Notes.WriteNoteAsync(Subject.Study(1), "x"));
        await Assert.ThrowsAsync<NotFoundException>(() => store.Notes.ChangeTagsAsync(Subject.Version(1, 1), new Dictionary<string, string?> { ["x"] = "" }));
    }

    [Fact]
    public async Task Every_change_is_announced_to_those_whom_it_concerns()
    {
        await using var store = await TrackingFixture.CreateAsync();
        using var feed = new ChangeFeed(store.Database, TimeProvider.System, NullLogger<ChangeFeed>.Instance);
        await feed.StartAsync(default);
        await feed.Listening.WaitAsync(Limit);
        var study = await store.StudyAsync(trials: 1);
        var run = store.Claim(study, "job").Lease.RunId;
        var subjects = new[] { Subject.Study(study.Id), Subject.Run(run), await VersionAsync(store) };

        foreach (var subject in subjects)
        {
            Assert.Equal([subject], await ConcernedAsync(() => store.Notes.WriteNoteAsync(subject, "x")));
            Assert.Equal([subject], await ConcernedAsync(
                () => store.Notes.ChangeTagsAsync(subject, new Dictionary<string, string?> { ["x"] = "" })));
        }

        async Task<IEnumerable<Subject>> ConcernedAsync(Func<Task> write)
        {
            var heard = Channel.CreateUnbounded<Change>();
            using var subscription = feed.Subscribe(
                change => change.Kind == ChangeKind.Note, changes => heard.Writer.WriteAsync(Assert.Single(changes)).AsTask(), TimeSpan.Zero);
            await write();
            var change = await heard.Reader.ReadAsync().AsTask().WaitAsync(Limit);
            return subjects.Where(subject => subject.IsConcernedBy(change));
        }
    }

    private static async Task<Subject> VersionAsync(TrackingFixture store)
    {
        await using var db = store.CreateDbContext();
        var model = new RegisteredModel { Name = "model", LastVersion = 1, CreatedAt = store.Clock.GetUtcNow() };
        model.Versions.Add(new ModelVersion { Version = 1, ArtifactPrefix = "models/1/1", CreatedAt = store.Clock.GetUtcNow() });
        db.Models.Add(model);
        await db.SaveChangesAsync();
        return Subject.Version(model.Id, 1);
    }
}
