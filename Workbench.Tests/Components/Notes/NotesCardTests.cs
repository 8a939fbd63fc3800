using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MudBlazor.Services;
using Workbench.Components.Notes;
using Workbench.Core.Tracking;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Components.Notes;

public sealed class NotesCardTests : BunitContext, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private TrackingFixture _store = default!;
    private ChangeFeed _feed = default!;
    private Subject _subject;

    public async Task InitializeAsync()
    {
        _store = await TrackingFixture.CreateAsync();
        _feed = new ChangeFeed(_store.Database, TimeProvider.System, NullLogger<ChangeFeed>.Instance);
        await _feed.StartAsync(default);
        await _feed.Listening.WaitAsync(Limit);
        _subject = Subject.Study((await _store.StudyAsync(trials: 1)).Id);
        Services.AddSingleton(_feed);
        Services.AddSingleton(_store.Notes);
        Services.AddMudServices();
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    public new async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _feed.StopAsync(default);
        _feed.Dispose();
        await _store.DisposeAsync();
    }

    [SkippableFact]
    public async Task A_note_is_written_previewed_and_saved()
    {
        var card = Card();
        Edit(card, "a *wider* head");
        card.Find("[role=radio][aria-checked=false]").Click();
        Assert.Equal("wider", card.Find(".preview em").TextContent);
        Assert.True(card.Find("textarea").HasAttribute("hidden"));

        card.Find("form.edit").Submit();

        card.WaitForAssertion(() => Assert.Equal("wider", card.Find(".markdown:not(.preview) em").TextContent), Limit);
        Assert.Empty(card.FindAll("form.edit"));
        Assert.Equal("a *wider* head", (await _store.Notes.ReadAsync(_subject)).Note);
    }

    [SkippableFact]
    public async Task Control_and_Enter_save()
    {
        var card = Card();
        Edit(card, "kept");

        card.Find("form.edit").KeyDown(new KeyboardEventArgs { Key = "Enter", CtrlKey = true });

        card.WaitForAssertion(() => Assert.Contains("kept", card.Find(".markdown").TextContent), Limit);
        Assert.Equal("kept", (await _store.Notes.ReadAsync(_subject)).Note);
    }

    [SkippableFact]
    public async Task Escape_cancels()
    {
        var card = Card();
        Edit(card, "not kept");

        card.Find("form.edit").KeyDown("Escape");

        Assert.Empty(card.FindAll("form.edit"));
        Assert.Equal("No note yet.", card.Find(".none").TextContent);
        Assert.Equal("", (await _store.Notes.ReadAsync(_subject)).Note);
    }

    [SkippableFact]
    public async Task What_somebody_else_writes_shows_by_itself()
    {
        var card = Card();

        await _store.Notes.WriteNoteAsync(_subject, "from **elsewhere**");
        await _store.Notes.ChangeTagsAsync(_subject, new Dictionary<string, string?> { ["owner"] = "ana" });

        card.WaitForAssertion(() => Assert.Equal("elsewhere", card.Find(".markdown strong").TextContent), Limit);
        card.WaitForAssertion(() => Assert.Equal("ownerana", card.Find("li.tag").TextContent.Trim()), Limit);
    }

    [SkippableFact]
    public async Task Who_is_overtaken_keeps_their_text_sees_the_other_one_and_decides()
    {
        var card = Card();
        Edit(card, "mine");

        await _store.Notes.WriteNoteAsync(_subject, "theirs");
        card.WaitForElement("[role=alert]", Limit);
        Assert.Equal("theirs", card.Find("details pre").TextContent);
        // Saving as if nothing had happened is refused.
        card.Find("form.edit").Submit();
        card.WaitForElement("form.edit", Limit);
        Assert.Equal("theirs", (await _store.Notes.ReadAsync(_subject)).Note);

        card.FindAll("[role=alert] button").Single(button => button.TextContent == "Replace theirs").Click();

        card.WaitForAssertion(() => Assert.Contains("mine", card.Find(".markdown").TextContent), Limit);
        Assert.Equal("mine", (await _store.Notes.ReadAsync(_subject)).Note);
    }

    [SkippableFact]
    public async Task Who_is_overtaken_may_take_the_other_text_and_go_on_from_there()
    {
        var card = Card();
        Edit(card, "mine");
        await _store.Notes.WriteNoteAsync(_subject, "theirs");
        card.WaitForElement("[role=alert]", Limit);

        card.FindAll("[role=alert] button").Single(button => button.TextContent == "Take theirs").Click();

        Assert.Equal("theirs", card.Find("textarea").GetAttribute("value"));
        Assert.Empty(card.FindAll("[role=alert]"));
        card.Find("textarea").Input("theirs and mine");
        card.Find("form.edit").Submit();
        card.WaitForAssertion(() => Assert.Contains("theirs and mine", card.Find(".markdown").TextContent), Limit);
    }

    [SkippableFact]
    public async Task A_tag_is_added_and_removed()
    {
        var card = Card();
        card.Find("button.add").Click();
        card.Find(".tags input").Input("stage: draft");
        card.Find(".tags form").Submit();
        card.WaitForElement("li.tag", Limit);
        Assert.Equal("draft", (await _store.Notes.ReadAsync(_subject)).Tags["stage"]);

        card.Find("button.remove").Click();

        card.WaitForAssertion(() => Assert.Empty(card.FindAll("li.tag")), Limit);
        Assert.Empty((await _store.Notes.ReadAsync(_subject)).Tags);
    }

    [SkippableFact]
    public async Task Given_something_else_it_shows_the_note_of_that()
    {
        var other = Subject.Study((await _store.StudyAsync(trials: 1, name: "other")).Id);
        await _store.Notes.WriteNoteAsync(other, "of the other");
        var card = Card();

        card.Render(parameters => parameters.Add(p => p.Subject, other));

        card.WaitForAssertion(() => Assert.Contains("of the other", card.Find(".markdown").TextContent), Limit);
        Assert.Equal(1, _feed.SubscriptionCount);
    }

    private IRenderedComponent<NotesCard> Card()
    {
        var card = Render<NotesCard>(parameters => parameters.Add(p => p.Subject, _subject));
        card.WaitForElement("button.add", Limit);
        return card;
    }

    private static void Edit(IRenderedComponent<NotesCard> card, string text)
    {
        card.Find("button[aria-label='Edit the note']").Click();
        card.Find("textarea").Input(text);
    }
}
