using Bunit;
using MudBlazor;
using Workbench.Components.Models;
using Workbench.Core.Tracking;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Components.Models;

public sealed class ModelPageTests : LiveFixture
{
    [SkippableFact]
    public void A_model_that_does_not_exist_is_said_not_to() =>
        Assert.Contains("There is no model", Render<ModelPage>(page => page.Add(p => p.Name, "nothing")).WaitForElement("h1", Limit).TextContent, StringComparison.Ordinal);

    [SkippableFact]
    public async Task A_rollback_is_one_click_and_can_be_undone_by_another()
    {
        await ModelAsync(versions: 3, production: 3);
        var messages = Render<MudSnackbarProvider>();
        var page = Render<ModelPage>(page => page.Add(p => p.Name, "study"));
        page.WaitForElement(".points", Limit);

        await page.FindAll("button").First(button => button.TextContent == "Roll back to this").ClickAsync(new());
        await page.WaitForAssertionAsync(() => Assert.Contains("is version 2", page.Find(".points").TextContent, StringComparison.Ordinal), Limit);

        await messages.WaitForElement(".mud-snackbar-content-action button", Limit).ClickAsync(new());
        await page.WaitForAssertionAsync(() => Assert.Contains("is version 3", page.Find(".points").TextContent, StringComparison.Ordinal), Limit);
        Assert.Equal(3, Assert.Single((await Registry.GetAsync("study")).Aliases).Version);
    }

    [SkippableFact]
    public async Task The_version_in_production_and_the_latest_other_one_are_side_by_side_until_others_are_ticked()
    {
        await ModelAsync(versions: 3, production: 2);
        var page = Render<ModelPage>(page => page.Add(p => p.Name, "study"));
        page.WaitForElement(".side-by-side", Limit);

        Assert.Equal("Versions 2, 3 side by side", page.Find(".side-by-side h2").TextContent);
        await page.Find("input[aria-label='Compare version 1']").ChangeAsync(true);

        page.WaitForAssertion(() => Assert.EndsWith("?compare=1%2C2%2C3", Navigation.Uri, StringComparison.Ordinal), Limit);
        page.WaitForAssertion(() => Assert.Equal("Versions 1, 2, 3 side by side", page.Find(".side-by-side h2").TextContent), Limit);
    }

    [SkippableFact]
    public async Task A_version_that_somebody_builds_shows_by_itself()
    {
        var model = await ModelAsync(versions: 1, production: 1);
        var page = Render<ModelPage>(page => page.Add(p => p.Name, "study"));
        page.WaitForElement("tr.row", Limit);

        await using (var db = Store.CreateDbContext())
        {
            db.Add(Version(model, 2));
            await db.SaveChangesAsync();
        }
        await Registry.MoveAliasAsync("study", ModelAlias.Production, 2);

        await page.WaitForAssertionAsync(() => Assert.Equal(2, page.FindAll("tr.row").Count), Limit);
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
