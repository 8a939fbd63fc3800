using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

/// <summary>What axe finds. It is asked in the page itself: its makers' package takes another page, and all that passed, to and fro, which took most of the time.</summary>
internal static class Accessibility
{
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private static readonly string[] Wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

    private const string Run =
        """
        async (part, tags) => {
          const found = await axe.run(part, { resultTypes: ["violations"], ...(tags && { runOnly: { type: "tag", values: tags } }) });
          return {
            passes: found.passes.length,
            violations: found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html} ${node.any[0]?.message ?? rule.help}`)),
          };
        }
        """;

    /// <summary>The page as it is has no violation of WCAG 2.2 A and AA, in either theme.</summary>
    public static Task AssertAccessibleAsync(this IPage page) => AssertAsync(page.Locator("html"), Wcag);

    /// <summary>The part of a page has no violation of any rule, in either theme.</summary>
    public static Task AssertAccessibleAsync(this ILocator part) => AssertAsync(part, null);

    private static async Task AssertAsync(ILocator part, string[]? tags)
    {
        await part.Page.EvaluateAsync(Axe);
        var faults = new List<string>();
        foreach (var theme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await part.Page.EmulateMediaAsync(new() { ColorScheme = theme });
            await Expect(part.Page.Locator("html")).ToHaveAttributeAsync("data-theme", theme.ToString().ToLowerInvariant());

            var found = (await part.EvaluateAsync(Run, tags))!.Value;

            Assert.NotEqual(0, found.GetProperty("passes").GetInt32());
            faults.AddRange(found.GetProperty("violations").EnumerateArray().Select(violation => $"{theme}, {violation.GetString()}"));
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }
}
