using Workbench.Core.Access;
using Workbench.Core.Audit;
using Workbench.Core.Registry;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Studies;

/// <summary>Pages call the services directly, so that these refuse what an actor may not do.</summary>
public class ScopeTests
{
    [Fact]
    public async Task A_reader_changes_nothing_by_whichever_way()
    {
        await using var workbench = await TestWorkbench.StartAsync(workers: 0);
        await workbench.Studies.LaunchAsync(new StudyRequest("study", 1, 1));
        await workbench.Studies.LaunchAsync(new StudyRequest("deleted", 1, 1));
        await workbench.Studies.DeleteAsync("deleted");
        var before = await workbench.Queries.GetAsync("study");
        var notes = workbench.Get<NoteStore>();
        var subject = Subject.Study(before.Study.Id);
        var events = await CountAsync(workbench);

        Actor.Current = new Actor("ana", Way.Page, Scope.Read);
        Func<Task>[] changes =
        [
            () => workbench.Studies.LaunchAsync(new StudyRequest("another", 1, 1)),
            () => workbench.Studies.LaunchAsync(new StudyRequest("study", 1, 1)),
            () => workbench.Studies.EnqueueAsync("study", [new Core.Search.ParameterSet(("epochs", 5))]),
            () => workbench.Studies.StopAsync("study"),
            () => workbench.Studies.DeleteAsync("study"),
            () => workbench.Studies.RestoreAsync("deleted"),
            () => notes.WriteNoteAsync(subject, "mine"),
            () => notes.ChangeTagsAsync(subject, new Dictionary<string, string?> { ["mine"] = "" }),
            () => workbench.Get<TokenStore>().CreateAsync("mine", Scope.Admin),
        ];
        foreach (var change in changes)
        {
            await Assert.ThrowsAsync<ForbiddenException>(change);
        }

        var after = await workbench.Queries.GetAsync("study");
        Assert.Equal((before.Study.State, before.Study.TrialsRequested), (after.Study.State, after.Study.TrialsRequested));
        Assert.Null(await workbench.Queries.FindAsync("another"));
        Assert.Equal("", (await notes.ReadAsync(subject)).Note);
        Assert.Equal(events, await CountAsync(workbench));
    }

    private static async Task<int> CountAsync(TestWorkbench workbench) =>
        (await workbench.Get<AuditQueries>().ListAsync(new AuditFilter(), null, 100)).Count;
}
