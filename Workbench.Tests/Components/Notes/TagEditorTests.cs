using Bunit;
using Workbench.Components.Notes;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components.Notes;

public sealed class TagEditorTests : ComponentTests
{
    private IReadOnlyDictionary<string, string?>? _changes;

    public TagEditorTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void Tags_are_shown_by_key_and_a_label_has_no_value()
    {
        var editor = Editor(("stage", "draft"), ("baseline", ""));

        Assert.Equal(["baseline", "stagedraft"], editor.FindAll("li").Select(tag => tag.TextContent.Trim()));
        Assert.Equal("stage: draft", editor.FindAll("button.text")[1].GetAttribute("title"));
    }

    [Theory]
    [InlineData("owner: ana", "owner", "ana")]
    [InlineData("owner:ana", "owner", "ana")]
    [InlineData("  url : http://a.example:80/x ", "url", "http://a.example:80/x")]
    [InlineData("a:b: c", "a:b", "c")]
    [InlineData("baseline", "baseline", "")]
    public async Task A_tag_is_written_as_key_and_value(string written, string key, string value)
    {
        var editor = Editor();
        await TypeAsync(editor, "button.add", written);

        Assert.Equal([new(key, value)], _changes);
        // Ready for the next one.
        Assert.Equal("", editor.Find("input").GetAttribute("value"));
    }

    [Fact]
    public async Task A_bad_key_is_refused_with_a_reason_and_stays_to_be_mended()
    {
        var editor = Editor();
        await TypeAsync(editor, "button.add", "a=b: c");

        Assert.Null(_changes);
        Assert.Contains("'a=b'", editor.Find("[role=alert]").TextContent);
        Assert.Equal(("a=b: c", "true"), (editor.Find("input").GetAttribute("value"), editor.Find("input").GetAttribute("aria-invalid")));
    }

    [Fact]
    public async Task A_tag_is_removed_by_its_cross()
    {
        var editor = Editor(("stage", "draft"), ("owner", "ana"));

        await editor.InvokeAsync(() => editor.Find("button[aria-label='Remove tag stage']").ClickAsync(new()));

        Assert.Equal([new("stage", null)], _changes);
    }

    [Fact]
    public async Task A_tag_that_is_clicked_can_be_changed_and_a_new_key_replaces_the_old_one()
    {
        var editor = Editor(("stage", "draft"));
        await editor.InvokeAsync(() => editor.Find("button.text").ClickAsync(new()));
        Assert.Equal("stage: draft", editor.Find("input").GetAttribute("value"));

        await TypeAsync(editor, null, "phase: final");

        Assert.Equal([new("stage", null), new("phase", "final")], _changes);
        Assert.Empty(editor.FindAll("input"));
    }

    [Fact]
    public async Task Escape_leaves_everything_as_it_was()
    {
        var editor = Editor(("stage", "draft"));
        await editor.InvokeAsync(() => editor.Find("button.text").ClickAsync(new()));
        await editor.InvokeAsync(() => editor.Find("input").InputAsync("other"));

        await editor.InvokeAsync(() => editor.Find("form").KeyDownAsync("Escape"));

        Assert.Empty(editor.FindAll("input"));
        Assert.Null(_changes);
    }

    [Fact]
    public void The_workbenchs_own_tags_of_a_run_cannot_be_touched()
    {
        var editor = Render<TagEditor>(e => e.Add(p => p.Subject, Subject.Run(1)).Add(p => p.Tags, new Dictionary<string, string> { ["version"] = "3" }));

        Assert.Equal("version3", editor.Find("li").TextContent.Trim());
        Assert.Empty(editor.FindAll("li button"));
    }

    private IRenderedComponent<TagEditor> Editor(params (string Key, string Value)[] tags) => Render<TagEditor>(editor => editor
        .Add(p => p.Subject, Subject.Study(1))
        .Add(p => p.Tags, tags.ToDictionary())
        .Add(p => p.OnChange, changes => _changes = changes));

    private static async Task TypeAsync(IRenderedComponent<TagEditor> editor, string? opener, string text)
    {
        if (opener is not null)
        {
            await editor.InvokeAsync(() => editor.Find(opener).ClickAsync(new()));
        }
        await editor.InvokeAsync(() => editor.Find("input").InputAsync(text));
        await editor.InvokeAsync(() => editor.Find("form").SubmitAsync());
    }
}
