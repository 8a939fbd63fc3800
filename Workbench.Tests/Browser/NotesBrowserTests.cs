using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

[Collection(PageTests.Name)]
public class NotesBrowserTests(BrowserWorkbench workbench) : BrowserTest
{
    private const string Note =
        """
        # Findings
        A **wider** head is better: [the models](models)

        <img src=x onerror="document.title='taken'"> [no](javascript:document.title='taken')
        """;

    [SkippableFact]
    public async Task A_person_notes_what_was_found_deletes_the_study_and_thinks_better_of_it()
    {
        await workbench.LaunchAsync("with a note", trials: 1, jobs: 1);
        // The news of its end would lie above the card.
        await workbench.Served.UntilAsync("/api/studies/with%20a%20note", study => (string?)study["state"] == "completed");
        var page = await NewPageAsync(workbench.Served.Url);
        var notes = page.GetByRole(AriaRole.Region, new() { Name = "Notes" });

        await page.OpenAsync("/studies/with%20a%20note");
        await notes.GetByRole(AriaRole.Button, new() { Name = "Edit the note" }).ClickAsync();
        await Expect(notes.GetByLabel("Note, in Markdown")).ToBeFocusedAsync();
        await notes.GetByLabel("Note, in Markdown").FillAsync(Note);
        await page.Locator(".notes").AssertAccessibleAsync();
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(notes.GetByText("wider")).ToBeVisibleAsync();
        await notes.GetByRole(AriaRole.Button, new() { Name = "Add tag" }).ClickAsync();
        await Expect(notes.GetByLabel("Tag, as key: value")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("stage: draft");
        await page.Keyboard.PressAsync("Enter");
        await Expect(notes.GetByRole(AriaRole.Button, new() { Name = "Remove tag stage" })).ToBeVisibleAsync();

        await page.OpenAsync("/studies/with%20a%20note");
        await Expect(notes.GetByRole(AriaRole.Heading, new() { Name = "Findings" })).ToBeVisibleAsync();
        await Expect(notes.GetByRole(AriaRole.Link)).ToHaveTextAsync("the models");
        await Expect(notes.Locator("img")).ToHaveCountAsync(0);
        await Expect(notes.GetByRole(AriaRole.Button, new() { Name = "Change tag stage: draft" })).ToBeVisibleAsync();
        Assert.Contains("with a note", await page.TitleAsync());
        await page.Locator(".notes").AssertAccessibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Delete study" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Recently deleted" }).GetByText("with a note")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "with a note", Exact = true }).ClickAsync();
        await Expect(notes.GetByText("wider")).ToBeVisibleAsync();

        // After a reload there is no message to undo by: what was deleted is listed, and where it was, too.
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete study" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Recently deleted" })).ToBeVisibleAsync();
        await page.OpenAsync("/studies/with%20a%20note");
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore with a note" }).ClickAsync();
        await Expect(notes.GetByText("wider")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task A_version_of_a_model_gets_an_alias_and_a_note_and_loses_the_alias_again()
    {
        var page = await NewPageAsync(workbench.Served.Url);
        await page.OpenAsync($"/models/{BrowserWorkbench.Study}?version=1");
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "v1" });
        var menu = page.GetByRole(AriaRole.Menu, new() { Name = "Version 1" });

        await page.GetByRole(AriaRole.Button, new() { Name = "Actions on version 1" }).ClickAsync();
        await menu.GetByRole(AriaRole.Menuitem, new() { Name = "Set alias" }).ClickAsync();
        await page.GetByLabel("Alias", new() { Exact = true }).FillAsync("champion");
        await page.Locator(".notes").AssertAccessibleAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(row.First.GetByText("champion")).ToBeVisibleAsync();

        var notes = page.GetByRole(AriaRole.Region, new() { Name = "Notes on version 1" });
        await notes.GetByRole(AriaRole.Button, new() { Name = "Edit the note" }).ClickAsync();
        await notes.GetByLabel("Note, in Markdown").FillAsync("Goes out on **Monday**.");
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(notes.GetByText("Monday")).ToBeVisibleAsync();

        await page.OpenAsync($"/models/{BrowserWorkbench.Study}?version=1");
        await Expect(notes.GetByText("Monday")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Actions on version 1" }).ClickAsync();
        await menu.GetByRole(AriaRole.Menuitem, new() { Name = "Remove alias champion" }).ClickAsync();
        await Expect(row.First.GetByText("champion")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(row.First.GetByText("champion")).ToBeVisibleAsync();

        (await workbench.Served.Client.DeleteAsync($"/api/models/{BrowserWorkbench.Study}/aliases/champion")).EnsureSuccessStatusCode();
        await Expect(row.First.GetByText("champion")).ToHaveCountAsync(0);
    }
}
