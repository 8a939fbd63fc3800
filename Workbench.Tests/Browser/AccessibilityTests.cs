using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

/// <summary>WCAG 2.2 A and AA, as far as axe can tell, on every page in both themes.</summary>
[Collection(PageTests.Name)]
public class AccessibilityTests(BrowserWorkbench workbench) : BrowserTest
{
    private static readonly AxeRunOptions Wcag = new()
    {
        RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
    };

    [SkippableTheory]
    [InlineData("/studies")]
    [InlineData($"/studies/{BrowserWorkbench.Study}")]
    [InlineData($"/studies/{BrowserWorkbench.Study}?trial=0")]
    [InlineData($"/studies/{BrowserWorkbench.Study}?filter=num_hiden%20%3C%2040")]
    [InlineData($"/studies/{BrowserWorkbench.Study}?view=analysis")]
    [InlineData($"/studies/{BrowserWorkbench.Study}?view=analysis&plot=slice")]
    [InlineData($"/studies/{BrowserWorkbench.Study}?view=trials")]
    [InlineData("/studies?launch")]
    [InlineData($"/compare?studies={BrowserWorkbench.Study}")]
    [InlineData("/studies/nothing")]
    [InlineData("/compare/runs?ids=1,2")]
    [InlineData("/compare/runs")]
    [InlineData("/runs/1")]
    [InlineData("/runs/999999")]
    [InlineData("/models")]
    [InlineData($"/models/{BrowserWorkbench.Study}")]
    [InlineData("/models/nothing")]
    [InlineData("/predict")]
    [InlineData("/jobs")]
    [InlineData("/settings")]
    public async Task A_page_has_no_violation(string path)
    {
        var page = await NewPageAsync(workbench.Served.Url);
        await page.OpenAsync(path);
        await Expect(page.GetByRole(AriaRole.Heading).First).ToBeAttachedAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(path.EndsWith("?launch", StringComparison.Ordinal) ? 1 : 0);
        await Expect(page.Locator(".skeleton")).ToHaveCountAsync(0);
        var faults = new List<string>();
        foreach (var theme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = theme });
            await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", theme.ToString().ToLowerInvariant());

            var found = await page.RunAxe(Wcag);

            Assert.NotEmpty(found.Passes);
            faults.AddRange(
                from violation in found.Violations
                from node in violation.Nodes
                select $"{theme}, {violation.Id}: {node.Html} {node.Any.FirstOrDefault()?.Message ?? violation.Help}");
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }
}
