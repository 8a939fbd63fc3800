using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Workbench.Components.Notes;
using Workbench.Core.Tracking;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Components.Notes;

public sealed class NotesCardTests : LiveFixture
{
    private Subject _subject;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _subject = Subject.Study((await Store.StudyAsync(trials: 1)).Id);
    }

    [SkippableFact]
    public async Task A_note_is_written_previewed_and_saved()
    {
        var card = Card();
        await EditAsync(card, "a *wider* head");
        await card.InvokeAsync(() => card.Find("[role=radio][aria-checked=false]").ClickAsync(new()));
        Assert.Equal("wider", card.Find(".preview em").TextContent);
        Assert.True(card.Find("textarea").HasAttribute("hidden"));

        await card.InvokeAsync(() => card.Find("form.edit").SubmitAsync());

        card.WaitForAssertion(() => Assert.Equal("wider", card.Find(".markdown:not(.preview) em").TextContent));
        Assert.Empty(card.FindAll("form.edit"));
        Assert.Equal("a *wider* head", (await Store.Notes.ReadAsync(_subject)).Note);
    }

    [SkippableFact]
    public async Task Control_and_Enter_save()
    {
        var card = Card();
        await EditAsync(card, "kept");

        await card.InvokeAsync(() => card.Find("form.edit").KeyDownAsync(new KeyboardEventArgs { Key = "Enter", CtrlKey = true }));

        card.WaitForAssertion(() => Assert.Contains("kept", card.Find(".markdown").TextContent));
        Assert.Equal("kept", (await Store.Notes.ReadAsync(_subject)).Note);
    }

    [SkippableFact]
    public async Task Escape_cancels()
    {
        var card = Card();
        await EditAsync(card, "not kept");

        await card.InvokeAsync(() => card.Find("form.edit").KeyDownAsync("Escape"));

        Assert.Empty(card.FindAll("form.edit"));
        Assert.Equal("No note yet.", card.Find(".none").TextContent);
        Assert.Equal("", (await Store.Notes.ReadAsync(_subject)).Note);
    }

    [SkippableFact]
    public async Task What_was_being_written_is_there_again_when_the_person_comes_back_from_another_subject()
    {
        var other = Subject.Study((await Store.StudyAsync(trials: 1, name: "another")).Id);
        var card = Card();
        await EditAsync(card, "half a thought");

        card.Render(parameters => parameters.Add(c => c.Subject, other));
        card.WaitForAssertion(() => Assert.Equal("No note yet.", card.Find(".none").TextContent));
        card.Render(parameters => parameters.Add(c => c.Subject, _subject));

        card.WaitForAssertion(() => Assert.Equal("half a thought", card.Find("textarea").GetAttribute("value")));
        await card.InvokeAsync(() => card.Find("form.edit").SubmitAsync());
        card.WaitForAssertion(() => Assert.Contains("half a thought", card.Find(".markdown").TextContent));
    }

    [SkippableFact]
    public async Task What_somebody_else_writes_shows_by_itself()
    {
        var card = Card();

        await Store.Notes.WriteNoteAsync(_subject, "from **elsewhere**");
        await Store.Notes.ChangeTagsAsync(_subject, new Dictionary<string, string?> { ["owner"] = "ana" });

        card.WaitForAssertion(() => Assert.Equal("elsewhere", card.Find(".markdown strong").TextContent));
        card.WaitForAssertion(() => Assert.Equal("ownerana", card.Find("li.tag").TextContent.Trim()));
    }

    [SkippableFact]
    public async Task Who_is_overtaken_keeps_their_text_sees_the_other_one_and_decides()
    {
        var card = Card();
        await EditAsync(card, "mine");

        await Store.Notes.WriteNoteAsync(_subject, "theirs");
        card.WaitForElement("[role=alert]");
        Assert.Equal("theirs", card.Find("details pre").TextContent);
        // Saving as if nothing had happened is refused.
        await card.InvokeAsync(() => card.Find("form.edit").SubmitAsync());
        card.WaitForElement("form.edit");
        Assert.Equal("theirs", (await Store.Notes.ReadAsync(_subject)).Note);

        await card.InvokeAsync(() => card.FindAll("[role=alert] button").Single(button => button.TextContent == "Replace theirs").ClickAsync(new()));

        card.WaitForAssertion(() => Assert.Contains("mine", card.Find(".markdown").TextContent));
        Assert.Equal("mine", (await Store.Notes.ReadAsync(_subject)).Note);
    }

    [SkippableFact]
    public async Task Who_is_overtaken_may_take_the_other_text_and_go_on_from_there()
    {
        var card = Card();
        await EditAsync(card, "mine");
        await Store.Notes.WriteNoteAsync(_subject, "theirs");
        card.WaitForElement("[role=alert]");

        await card.InvokeAsync(() => card.FindAll("[role=alert] button").Single(button => button.TextContent == "Take theirs").ClickAsync(new()));

        Assert.Equal("theirs", card.Find("textarea").GetAttribute("value"));
        Assert.Empty(card.FindAll("[role=alert]"));
        await card.InvokeAsync(() => card.Find("textarea").InputAsync("theirs and mine"));
        await card.InvokeAsync(() => card.Find("form.edit").SubmitAsync());
        card.WaitForAssertion(() => Assert.Contains("theirs and mine", card.Find(".markdown").TextContent));
    }

    [SkippableFact]
    public async Task A_tag_is_added_and_removed()
    {
        var card = Card();
        await card.InvokeAsync(() => card.Find("button.add").ClickAsync(new()));
        await card.InvokeAsync(() => card.Find(".tags input").InputAsync("stage: draft"));
        await card.InvokeAsync(() => card.Find(".tags form").SubmitAsync());
        card.WaitForElement("li.tag");
        Assert.Equal("draft", (await Store.Notes.ReadAsync(_subject)).Tags["stage"]);

        await card.InvokeAsync(() => card.Find("button.remove").ClickAsync(new()));

        card.WaitForAssertion(() => Assert.Empty(card.FindAll("li.tag")));
        Assert.Empty((await Store.Notes.ReadAsync(_subject)).Tags);
    }

    [SkippableFact]
    public async Task Given_something_else_it_shows_the_note_of_that()
    {
        var other = Subject.Study((await Store.StudyAsync(trials: 1, name: "other")).Id);
        await Store.Notes.WriteNoteAsync(other, "of the other");
        var card = Card();

        card.Render(parameters => parameters.Add(p => p.Subject, other));

        card.WaitForAssertion(() => Assert.Contains("of the other", card.Find(".markdown").TextContent));
        Assert.Equal(1, Feed.SubscriptionCount);
    }

    private IRenderedComponent<NotesCard> Card()
    {
        var card = Render<NotesCard>(parameters => parameters.Add(p => p.Subject, _subject));
        card.WaitForElement("button.add");
        return card;
    }

    private static async Task EditAsync(IRenderedComponent<NotesCard> card, string text)
    {
        await card.InvokeAsync(() => card.Find("button[aria-label='Edit the note']").ClickAsync(new()));
        await card.InvokeAsync(() => card.Find("textarea").InputAsync(text));
    }
}
