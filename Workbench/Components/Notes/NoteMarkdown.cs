using System.Net;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Microsoft.AspNetCore.Components;

namespace Workbench.Components.Notes;

/// <summary>
/// Notes as HTML that can do no harm, whichever person wrote them. Raw HTML is text. Of what the parser makes, every attribute is dropped but the
/// addresses of links, and of those every one but http, https, mailto and relative ones. Pictures become links: they would tell others
/// who reads the note.
/// </summary>
internal static class NoteMarkdown
{
    // The card's own title is of level 2.
    private const int HeadingsBelow = 2;
    private const int LowestHeading = 6;

    private static readonly string[] Schemes = ["http", "https", "mailto"];

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UsePipeTables()
        .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
        .UseTaskLists()
        .UseAutoLinks()
        .UseSoftlineBreakAsHardlineBreak()
        .Build();

    /// <summary>Renders a note.</summary>
    public static MarkupString Render(string markdown)
    {
        try
        {
            var document = Markdown.Parse(markdown, Pipeline);
            foreach (var part in document.Descendants().ToList())
            {
                Tame(part);
            }
            return new MarkupString(document.ToHtml(Pipeline));
        }
        // Nested deeper than the parser goes, which no person writes in earnest.
        catch (ArgumentException)
        {
            return new MarkupString($"<pre>{WebUtility.HtmlEncode(markdown)}</pre>");
        }
    }

    /// <summary>Whether a link may lead there.</summary>
    public static bool IsAllowed(string? address)
    {
        // Browsers skip white space and control characters when they look for the scheme; no address needs them.
        if (string.IsNullOrEmpty(address) || address[0] == '#' || address.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            return false;
        }
        var end = address.IndexOfAny([':', '/', '?', '#']);
        return end < 0 || address[end] != ':' || Schemes.Contains(address[..end], StringComparer.OrdinalIgnoreCase);
    }

    private static void Tame(MarkdownObject part)
    {
        part.RemoveData(typeof(HtmlAttributes));
        switch (part)
        {
            case HeadingBlock heading:
                heading.Level = Math.Min(heading.Level + HeadingsBelow, LowestHeading);
                break;
            case Table table:
                // Alignment is rendered as inline style.
                table.ColumnDefinitions.ForEach(column => column.Alignment = null);
                break;
            case TaskList task:
                task.ReplaceBy(new LiteralInline(task.Checked ? "☑" : "☐"));
                break;
            case LinkInline link when !IsAllowed(link.GetDynamicUrl?.Invoke() ?? link.Url) || IsWithinLink(link):
                link.ReplaceBy(new ContainerInline());
                break;
            case LinkInline link:
                link.IsImage = false;
                LeadAway(link, link.GetDynamicUrl?.Invoke() ?? link.Url!);
                break;
            case AutolinkInline link when !link.IsEmail && !IsAllowed(link.Url):
                link.ReplaceBy(new LiteralInline(link.Url));
                break;
            case AutolinkInline link:
                LeadAway(link, link.Url);
                break;
        }
    }

    private static bool IsWithinLink(LinkInline link)
    {
        var above = link.Parent;
        while (above is not null and not LinkInline)
        {
            above = above.Parent;
        }
        return above is not null;
    }

    // What lies elsewhere opens beside the workbench, and is not told where the visitor comes from.
    private static void LeadAway(MarkdownObject link, string address)
    {
        if (address.StartsWith("http", StringComparison.OrdinalIgnoreCase) || address.StartsWith("//", StringComparison.Ordinal))
        {
            var attributes = link.GetAttributes();
            attributes.AddProperty("target", "_blank");
            attributes.AddProperty("rel", "noopener noreferrer nofollow");
        }
    }
}
