using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

/// <summary>WCAG 2.2 A and AA, as far as axe can tell, on every page in both themes. Those outside the shell are looked at in <see cref="AccessTests"/>.</summary>
[Collection(PageTests.Name)]
public class AccessibilityTests(BrowserWorkbench workbench) : BrowserTest
{
    [SkippableTheory]
    [InlineData("/studies")]
    [InlineData($"/studies/{BrowserWorkbench.Study}")]
    [InlineData($"/studies/{BrowserWorkbench.Study}?trial=0")]
    [InlineData($"/studies/{BrowserWorkbench.Study}?filter=num_hiden%20%3C%2040")]
    [InlineData($"/studies/{BrowserWorkbench.Study}?view=analysis")]
    [InlineData($"/studies/{BrowserWorkbench.Study}?view=evaluation")]
    [InlineData($"/studies/{BrowserWorkbench.Study}?view=analysis&plot=slice")]
    [InlineData($"/studies/{BrowserWorkbench.Study}?view=trials")]
    [InlineData("/studies?launch")]
    [InlineData($"/compare?studies={BrowserWorkbench.Study}")]
    [InlineData("/studies/nothing")]
    [InlineData("/compare/runs?ids=1,2")]
    [InlineData("/compare/runs")]
    [InlineData("/runs/1")]
    [InlineData("/runs/999999")]
    [InlineData("/data")]
    [InlineData("/data/mnist")]
    [InlineData("/models")]
    [InlineData($"/models/{BrowserWorkbench.Study}")]
    [InlineData("/models/nothing")]
    [InlineData("/predict")]
    [InlineData("/jobs")]
    [InlineData("/audit")]
    [InlineData("/audit?subject=nothing")]
    [InlineData("/settings")]
    [InlineData("/settings/tokens")]
    public async Task A_page_has_no_violation(string path)
    {
        var page = await NewPageOfAsync(await workbench.RegularAsync());
        await page.OpenAsync(path);
        await Expect(page.GetByRole(AriaRole.Heading).First).ToBeAttachedAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(path.EndsWith("?launch", StringComparison.Ordinal) ? 1 : 0);
        await Expect(page.Locator(".skeleton")).ToHaveCountAsync(0);
        await page.AssertAccessibleAsync();
    }
}
