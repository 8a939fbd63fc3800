using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Workbench.Core.Audit;
using Workbench.Core.Registry;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public class AuditTrailTests
{
    private static readonly Actor Ana = new("ana", Way.Page);

    private static readonly ParameterSet Given = TrackingFixture.X(0.5);

    [Fact]
    public async Task Whatever_is_done_to_a_study_is_told_with_its_actor_and_the_way()
    {
        await using var store = await TrackingFixture.CreateAsync();
        Actor.Current = Ana;
        var study = await store.StudyAsync(trials: 3);
        Actor.Current = new Actor("ci", Way.Api);
        await store.Studies.AddTrialsAsync(study.Id, 4, jobs: 2, [Given]);
        await store.Studies.EnqueueAsync(study.Id, [Given, Given]);
        await store.Studies.StopAsync(study.Id);
        await store.Studies.ResumeAsync(study.Id);
        Actor.Current = new Actor("root", Way.Cli);
        await store.Deleted.DeleteAsync(study.Id);
        await store.Deleted.RestoreAsync("study");

        Assert.Equal(
            [
                "ana page studyLaunched study: trials 3, jobs 1",
                "ci api trialsAdded study: trials 4, jobs 2, enqueued 1",
                "ci api parametersEnqueued study: enqueued 2",
                "ci api studyStopped study: ",
                "ci api studyResumed study: ",
                "root cli studyDeleted study: ",
                "root cli studyRestored study: ",
            ],
            (await store.Audit.OfStudyAsync(study.Id)).Reverse().Select(Line));
    }

    [Fact]
    public async Task What_was_refused_is_not_told()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 1);

        Assert.False(await store.Studies.ResumeAsync(study.Id));
        Assert.Null(await store.Studies.EnqueueAsync(study.Id + 1, [Given]));
        await Assert.ThrowsAsync<NotFoundException>(() => store.Deleted.RestoreAsync("study"));
        await Assert.ThrowsAsync<ConflictException>(() => store.Notes.WriteNoteAsync(Subject.Study(study.Id), "mine", was: "another"));

        Assert.Equal(AuditAction.StudyLaunched, Assert.Single(await AllAsync(store)).Action);
    }

    [Fact]
    public async Task What_cannot_be_told_is_not_done()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var (study, gone) = (await store.StudyAsync(trials: 1), await store.StudyAsync(trials: 1, name: "gone"));
        await store.Deleted.DeleteAsync(gone.Id);
        var registry = await RegistryAsync(store);
        await registry.MoveAliasAsync("digits", "champion", 1);
        await using (var command = store.Database.Durable.CreateCommand("ALTER TABLE audit_events ADD CHECK (false) NOT VALID"))
        {
            await command.ExecuteNonQueryAsync();
        }

        await Assert.ThrowsAsync<DbUpdateException>(() => store.StudyAsync(trials: 1, name: "new"));
        await Assert.ThrowsAsync<DbUpdateException>(() => store.Studies.AddTrialsAsync(study.Id, 4, jobs: 2, [Given]));
        await Assert.ThrowsAsync<DbUpdateException>(() => store.Studies.StopAsync(study.Id));
        await Assert.ThrowsAsync<DbUpdateException>(() => store.Deleted.DeleteAsync(study.Id));
        await Assert.ThrowsAsync<DbUpdateException>(() => store.Deleted.RestoreAsync("gone"));
        await Assert.ThrowsAsync<DbUpdateException>(() => registry.MoveAliasAsync("digits", "champion", 2));
        await Assert.ThrowsAsync<DbUpdateException>(() => registry.RemoveAliasAsync("digits", "champion"));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => store.Notes.WriteNoteAsync(Subject.Study(study.Id), "text"));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(
            () => store.Notes.ChangeTagsAsync(Subject.Study(study.Id), new Dictionary<string, string?> { ["owner"] = "ana" }));

        var summary = Assert.Single(await store.Queries.ListAsync());
        Assert.Equal(("study", StudyState.Running, 1, 0), (summary.Study.Name, summary.Study.State, summary.Study.TrialsRequested, summary.Enqueued));
        Assert.Null(summary.Study.Note);
        Assert.Empty(summary.Study.Tags);
        Assert.Equal(1, Assert.Single((await registry.GetAsync("digits")).Aliases).Version);
    }

    [Fact]
    public async Task A_study_that_is_removed_for_good_is_remembered_and_the_workbench_removed_it()
    {
        await using var store = await TrackingFixture.CreateAsync();
        Actor.Current = Ana;
        var study = await store.StudyAsync(trials: 1);
        await store.Deleted.DeleteAsync(study.Id);
        store.Clock.Pass(store.Deleted.Grace);

        await store.Purge.RunAsync();

        Assert.Null(await store.Studies.FindAsync(study.Id));
        Assert.Equal(
            ["system system studyPurged study: ", "ana page studyDeleted study: ", "ana page studyLaunched study: trials 1, jobs 1"],
            (await store.Audit.OfStudyAsync(study.Id)).Select(Line));
    }

    [Fact]
    public async Task The_moves_of_an_alias_tell_from_where_and_to_where()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var registry = await RegistryAsync(store);
        Actor.Current = Ana;

        foreach (var version in new[] { 1, 2, 2, 1 })
        {
            await registry.MoveAliasAsync("digits", "champion", version);
        }
        await registry.RemoveAliasAsync("digits", "champion");

        Assert.Equal(
            [
                "ana page aliasMoved digits@champion: to 1",
                "ana page aliasMoved digits@champion: from 1, to 2",
                "ana page aliasMoved digits@champion: from 2, to 1",
                "ana page aliasRemoved digits@champion: from 1",
            ],
            (await store.Audit.OfModelAsync((await registry.GetAsync("digits")).Id)).Reverse().Select(Line));
    }

    [Fact]
    public async Task Notes_and_tags_are_told_by_what_they_are_about()
    {
        await using var store = await TrackingFixture.CreateAsync();
        Actor.Current = Ana;
        var study = await store.StudyAsync(trials: 1);
        var model = await (await RegistryAsync(store)).GetAsync("digits");
        await store.Notes.WriteNoteAsync(Subject.Study(study.Id), "text");
        await store.Notes.WriteNoteAsync(Subject.Run(store.Claim(study, "job").Lease.RunId), "");
        await store.Notes.ChangeTagsAsync(
            Subject.Version(model.Id, 2), new Dictionary<string, string?> { ["owner"] = "ana", ["draft"] = null, ["stage"] = "done" });

        var events = await AllAsync(store);

        Assert.Equal(
            [
                "ana page tagsChanged digits/2: set owner, stage, removed draft",
                "ana page noteWritten study/trial-0: characters 0",
                "ana page noteWritten study: characters 4",
            ],
            events.Take(3).Select(Line));
        Assert.Equal([(null, model.Id), (study.Id, null), (study.Id, (long?)null)], events.Take(3).Select(e => (e.StudyId, e.ModelId)));
    }

    [Fact]
    public async Task The_trail_is_filtered_and_read_page_by_page()
    {
        await using var store = await TrackingFixture.CreateAsync();
        List<string> actors = ["ana", "ben", "ana", "ana"];
        foreach (var (index, actor) in actors.Index())
        {
            Actor.Current = new Actor(actor, index == 0 ? Way.Cli : Way.Page);
            await store.StudyAsync(trials: 1, name: index == 3 ? "50%_off" : $"study {index}");
        }
        var all = await AllAsync(store);

        Assert.Equal(["50%_off", "study 2", "study 0"], await SubjectsAsync(new() { Actor = "ana" }));
        Assert.Equal(["study 0"], await SubjectsAsync(new() { Way = Way.Cli }));
        Assert.Equal(["50%_off"], await SubjectsAsync(new() { Subject = "%_" }));
        Assert.Equal(["study 2", "study 1", "study 0"], await SubjectsAsync(new() { Subject = "STUDY" }));
        Assert.Empty(await SubjectsAsync(new() { Action = AuditAction.StudyStopped }));
        Assert.Equal(["study 2", "study 1"], await SubjectsAsync(new() { Since = all[2].At, Until = all[0].At }));
        var first = await store.Audit.ListAsync(new(), before: null, most: 3);
        Assert.Equal(["study 0"], (await store.Audit.ListAsync(new(), first[^1].Id, most: 3)).Select(e => e.Subject));
        Assert.Equal(["ana", "ben"], await store.Audit.ActorsAsync());

        async Task<IEnumerable<string>> SubjectsAsync(AuditFilter filter) =>
            (await store.Audit.ListAsync(filter, null, 100)).Select(e => e.Subject);
    }

    private static async Task<IReadOnlyList<AuditEvent>> AllAsync(TrackingFixture store) => await store.Audit.AllAsync(new()).ToListAsync();

    private static string Line(AuditEvent told) =>
        $"{told.Actor} {Word(told.Way)} {Word(told.Action)} {told.Subject}: {string.Join(", ", told.Details.Select(detail => $"{detail.Key} {detail.Value}"))}";

    private static string Word<T>(T value) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName($"{value}");

    private static async Task<ModelRegistry> RegistryAsync(TrackingFixture store)
    {
        await using var db = store.CreateDbContext();
        db.Add(new RegisteredModel
        {
            Name = "digits",
            LastVersion = 2,
            Versions = [.. Enumerable.Range(1, 2).Select(version => new ModelVersion { Version = version, State = VersionState.Ready, ArtifactPrefix = $"{version}" })],
        });
        await db.SaveChangesAsync();
        return new ModelRegistry(store, store.Queries, null!, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
    }
}
