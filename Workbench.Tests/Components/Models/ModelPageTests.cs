using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Workbench.Components.Models;
using Workbench.Components.Palette;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Components.Models;

public sealed class ModelPageTests : PageTests
{
    private ModelRegistry Registry => Services.GetRequiredService<ModelRegistry>();

    [SkippableFact]
    public void A_model_that_does_not_exist_is_said_not_to() =>
        Assert.Contains("There is no model", this.OpenPage<ModelPage>("models/nothing").WaitForElement("h1").TextContent, StringComparison.Ordinal);

    [SkippableFact]
    public async Task A_rollback_is_one_click_and_can_be_undone_by_another()
    {
        await ModelAsync(versions: 3, production: 3);
        var messages = Render<MudSnackbarProvider>();
        var page = this.OpenPage<ModelPage>("models/study");
        page.WaitForElement(".points");

        await page.InvokeAsync(() => page.FindAll("button").First(button => button.TextContent == "Roll back to this").ClickAsync(new()));
        await page.WaitForAssertionAsync(() => Assert.Contains("is version 2", page.Find(".points").TextContent, StringComparison.Ordinal));

        messages.WaitForElement(".mud-snackbar-content-action button");
        await messages.InvokeAsync(() => messages.Find(".mud-snackbar-content-action button").ClickAsync(new()));
        await page.WaitForAssertionAsync(() => Assert.Contains("is version 3", page.Find(".points").TextContent, StringComparison.Ordinal));
        Assert.Equal(3, Assert.Single((await Registry.GetAsync("study")).Aliases).Version);
    }

    [SkippableFact]
    public async Task The_version_in_production_and_the_latest_other_one_are_side_by_side_until_others_are_ticked()
    {
        await ModelAsync(versions: 3, production: 2);
        var page = this.OpenPage<ModelPage>("models/study");
        page.WaitForElement(".side-by-side");

        Assert.Equal("Versions 2, 3 side by side", page.Find(".side-by-side h2").TextContent);
        await page.InvokeAsync(() => page.Find("input[aria-label='Compare version 1']").ChangeAsync(true));

        page.WaitForAssertion(() => Assert.EndsWith("?compare=1%2C2%2C3", Address, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Equal("Versions 1, 2, 3 side by side", page.Find(".side-by-side h2").TextContent));
    }

    [SkippableFact]
    public async Task A_version_that_somebody_builds_shows_by_itself()
    {
        var model = await ModelAsync(versions: 1, production: 1);
        var page = this.OpenPage<ModelPage>("models/study");
        page.WaitForElement("tr.row");

        await using (var db = Store.CreateDbContext())
        {
            db.Add(Version(model, 2));
            await db.SaveChangesAsync();
        }
        await Registry.MoveAliasAsync("study", ModelAlias.Production, 2);

        await page.WaitForAssertionAsync(() => Assert.Equal(2, page.FindAll("tr.row").Count));
    }

    [SkippableFact]
    public async Task The_notes_are_those_of_the_version_that_was_in_production_until_another_is_opened()
    {
        var model = await ModelAsync(versions: 3, production: 2);
        await Store.Notes.WriteNoteAsync(Subject.Version(model.Id, 2), "the second");
        await Store.Notes.WriteNoteAsync(Subject.Version(model.Id, 3), "the third");
        var page = this.OpenPage<ModelPage>("models/study");
        page.WaitForAssertion(() => Assert.Equal("the second", page.Find(".notes .markdown").TextContent.Trim()));

        // A person who writes a note of the second must not lose it.
        await Registry.MoveAliasAsync("study", ModelAlias.Production, 1);
        await page.WaitForAssertionAsync(() => Assert.Contains("is version 1", page.Find(".points").TextContent, StringComparison.Ordinal));
        Assert.Equal("Notes on version 2", page.Find(".notes h2").TextContent);

        await page.InvokeAsync(() => page.FindAll("tr.row")[0].ClickAsync(new()));

        Assert.EndsWith("?version=3", Address, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal("the third", page.Find(".notes .markdown").TextContent.Trim()));
        Assert.Equal("v3", page.Find("a[aria-current=true]").TextContent);
    }

    [SkippableFact]
    public async Task Tags_and_notes_of_versions_show_in_their_rows_by_themselves()
    {
        var model = await ModelAsync(versions: 2, production: 2);
        var page = this.OpenPage<ModelPage>("models/study");
        page.WaitForElement("tr.row");

        await Store.Notes.WriteNoteAsync(Subject.Version(model.Id, 1), "noted");
        await Store.Notes.ChangeTagsAsync(Subject.Version(model.Id, 1), new Dictionary<string, string?> { ["owner"] = "ana" });

        page.WaitForAssertion(() => Assert.Equal("owner:ana", page.FindAll("tr.row")[1].QuerySelector(".tag")?.TextContent));
        Assert.NotNull(page.FindAll("tr.row")[1].QuerySelector("[aria-label='It has a note']"));
        Assert.Null(page.FindAll("tr.row")[0].QuerySelector(".tags, [aria-label='It has a note']"));
    }

    [SkippableFact]
    public async Task An_alias_is_set_taken_from_another_version_and_removed()
    {
        await ModelAsync(versions: 2, production: 1);
        await Registry.MoveAliasAsync("study", "champion", 1);
        var messages = Render<MudSnackbarProvider>();
        var (page, menu) = WithMenu();

        // Over when the dialog is.
        var setting = ChooseAsync(page, menu, version: 2, "Set alias…");
        Dialogs.WaitForElement("#alias");
        Assert.Equal(["champion", "production"], Dialogs.FindAll("#aliases option").Select(option => option.GetAttribute("value")));
        await Dialogs.InvokeAsync(() => Dialogs.Find("#alias").InputAsync("not this"));
        Assert.Contains("may hold only letters", Dialogs.Find("#alias-hint.fault").TextContent, StringComparison.Ordinal);
        await Dialogs.InvokeAsync(() => Dialogs.Find("#alias").InputAsync("champion"));
        Assert.Equal("It is taken from version 1.", Dialogs.Find("#alias-hint").TextContent);
        await Dialogs.InvokeAsync(() => Dialogs.Find("#set-alias").SubmitAsync());
        await setting.WaitAsync(Limit);

        page.WaitForAssertion(() => Assert.Equal("champion", page.FindAll("tr.row")[0].QuerySelector(".alias")?.TextContent));
        messages.WaitForAssertion(() => Assert.Contains("Version 2 of study is the “champion”.", messages.Markup, StringComparison.Ordinal));

        await ChooseAsync(page, menu, version: 2, "Remove alias champion");
        page.WaitForAssertion(() => Assert.Equal(["production"], page.FindAll(".alias").Select(alias => alias.TextContent)));

        const string Gone = "No version of study is the “champion” now.";
        messages.WaitForAssertion(() => Assert.Contains(Gone, messages.Markup, StringComparison.Ordinal));
        await messages.InvokeAsync(() => messages.FindAll(".mud-snackbar").Single(message => message.TextContent.Contains(Gone, StringComparison.Ordinal))
            .QuerySelector(".mud-snackbar-content-action button")!.ClickAsync(new()));
        page.WaitForAssertion(() => Assert.Equal("champion", page.FindAll("tr.row")[0].QuerySelector(".alias")?.TextContent));
        Assert.Equal(2, (await Registry.GetAsync("study")).Aliases.Single(alias => alias.Alias == "champion").Version);
    }

    private (IRenderedComponent<ModelPage> Page, IRenderedComponent<ContextMenu> Menu) WithMenu()
    {
        var menu = Render<ContextMenu>();
        var page = Render<ModelPage>(page => page.Add(p => p.Name, "study").AddCascadingValue(menu.Instance));
        page.WaitForElement("tr.row");
        return (page, menu);
    }

    private static async Task ChooseAsync(IRenderedComponent<ModelPage> page, IRenderedComponent<ContextMenu> menu, int version, string command)
    {
        await page.InvokeAsync(() => page.Find($"[aria-label='Actions on version {version}']").ClickAsync(new()));
        await menu.InvokeAsync(() => menu.FindAll("[role=menuitem]").Single(item => item.TextContent == command).ClickAsync(new()));
    }

    private async Task<RegisteredModel> ModelAsync(int versions, int production)
    {
        await using var db = Store.CreateDbContext();
        await SeededStudy.InsertAsync(db, trials: 3);
        var model = new RegisteredModel { Name = "study", LastVersion = versions };
        db.Add(model);
        await db.SaveChangesAsync();
        db.AddRange(Enumerable.Range(1, versions).Select(version => Version(model, version)));
        db.Add(new ModelAlias { ModelId = model.Id, Alias = ModelAlias.Production, Version = production });
        await db.SaveChangesAsync();
        return model;
    }

    private static ModelVersion Version(RegisteredModel model, int version) =>
        new() { ModelId = model.Id, Version = version, Trial = version - 1, State = VersionState.Ready, ArtifactPrefix = $"models/1/{version}", Sha256 = new string('a', 64) };
}
