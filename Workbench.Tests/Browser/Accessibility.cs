using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

internal static class Accessibility
{
    private static readonly AxeRunOptions Wcag = new()
    {
        RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
        // All rules run on all elements; of what passes, telling each element took most of the time.
        ResultTypes = [ResultType.Violations],
    };

    /// <summary>The page as it is has no violation of WCAG 2.2 A and AA, in either theme.</summary>
    public static async Task AssertAccessibleAsync(this IPage page)
    {
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
