using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using CsCheck;
using Workbench.Components.Notes;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components.Notes;

public class NoteMarkdownTests
{
    private static readonly string[] Elements =
    [
        "p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "del", "a", "table", "thead",
        "tbody", "tr", "th", "td", "col", "colgroup",
    ];

    private static readonly string[] Schemes = ["http", "https", "mailto"];

    private static readonly string[] Pieces =
    [
        "<script>", "</script>", "<img src=x onerror=a>", "<a href=javascript:a>", "[", "]", "(", ")", "![", "javascript:", "data:text/html,",
        "http://a.b/", "//a.b", "&#58;", "&colon;", "&Tab;", "\t", "\n", "\n\n", " ", "<", ">", "\"", "'", "`", "```", "~~", "|", "-|-\n", "- [ ] ",
        "# ", "> ", "* ", "_", "**", "\\", "{onclick=a}", "[x]: ", "www.a.b", "mailto:a@b.c", "<a@b.c>", "\0", "\ud83d\ude00", "a",
    ];

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("text <b onmouseover=\"alert(1)\">bold</b>")]
    [InlineData("<svg/onload=alert(1)>")]
    [InlineData("<div>\n<iframe srcdoc='<script>alert(1)</script>'></iframe>\n</div>")]
    [InlineData("<style>body { display: none }</style>")]
    [InlineData("<!-- comment --><?php ?><![CDATA[<script>]]>")]
    [InlineData("[click](javascript:alert(1))")]
    [InlineData("[click](JaVaScRiPt:alert(1))")]
    [InlineData("[click](javascript&#58;alert(1))")]
    [InlineData("[click](javascript&colon;alert(1))")]
    [InlineData("[click](java&Tab;script:alert(1))")]
    [InlineData("[click](&#1;javascript:alert(1))")]
    [InlineData("[click](<java\tscript:alert(1)>)")]
    [InlineData("[click](< javascript:alert(1)>)")]
    [InlineData("[click](vbscript:msgbox(1))")]
    [InlineData("[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)")]
    [InlineData("[click](file:///etc/passwd)")]
    [InlineData("[click](blob:http://localhost/1)")]
    [InlineData("[click][x]\n\n[x]: javascript:alert(1)")]
    [InlineData("[click]\n\n[click]: data:text/html,x \"title\"")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("<data:text/html,<script>alert(1)</script>>")]
    [InlineData("![picture](javascript:alert(1))")]
    [InlineData("![picture](data:image/svg+xml,<svg onload=alert(1)>)")]
    [InlineData("![picture](http://elsewhere.example/pixel.gif)")]
    [InlineData("[![picture](http://a.example/x.gif)](javascript:alert(1))")]
    [InlineData("[x](http://a.example/\"onmouseover=\"alert(1))")]
    [InlineData("[x](http://a.example 'title\" onmouseover=\"alert(1)')")]
    [InlineData("![\" onerror=\"alert(1)](x)")]
    [InlineData("```js\" onmouseover=\"alert(1)\nx\n```")]
    [InlineData("# title {onclick=alert(1) #id .class style=color:red}")]
    [InlineData("text{onclick=alert(1)}")]
    [InlineData("|a|b|\n|:-:|-:|\n|<script>alert(1)</script>|[x](javascript:alert(1))|")]
    [InlineData("- [x] <input onfocus=alert(1) autofocus>\n- [ ] b")]
    [InlineData("ftp://a.example/x tel:123 javascript:alert(1)")]
    [InlineData("http://a.example/\"><script>alert(1)</script>")]
    public void No_note_can_do_anything_in_the_page_of_who_reads_it(string attack) => AssertHarmless(attack);

    [Fact]
    public void Nor_can_any_mixture_of_such_pieces()
    {
        Gen.Int[0, Pieces.Length - 1].Select(index => Pieces[index]).Array[1, 14].Sample(parts => AssertHarmless(string.Concat(parts)), iter: 5_000);
    }

    [Theory]
    [InlineData("https://a.example/x?y=1#z")]
    [InlineData("HTTP://a.example")]
    [InlineData("mailto:ana@a.example")]
    [InlineData("studies/mnist?trial=7")]
    [InlineData("/models")]
    [InlineData("?a:b")]
    public void Links_that_lead_somewhere_stay(string address)
    {
        var link = Parse($"[there]({address})").QuerySelector("a")!;

        Assert.Equal((address, "there"), (link.GetAttribute("href"), link.TextContent));
    }

    [Fact]
    public void A_link_out_of_the_workbench_opens_beside_it_and_one_within_does_not()
    {
        var links = Parse("https://a.example [in](studies/x) <https://b.example>").QuerySelectorAll("a");

        Assert.Equal(["_blank", null, "_blank"], links.Select(link => link.GetAttribute("target")));
        Assert.Equal("noopener noreferrer nofollow", links[0].GetAttribute("rel"));
    }

    [Fact]
    public void A_link_that_may_not_be_leaves_its_text()
    {
        var page = Parse("[see **this**](javascript:alert(1)) and <javascript:x>");

        Assert.Equal("see this and javascript:x", page.TextContent.Trim());
        Assert.Equal("this", page.QuerySelector("strong")!.TextContent);
    }

    [Fact]
    public void What_people_write_in_notes_is_rendered()
    {
        var page = Parse(
            """
            # Findings
            A *wider* head is **not** better,
            see ~~trial 3~~ `trial-7`:

            | hidden | accuracy |
            |-------:|---------:|
            | 32     | 0.991    |

            - [x] more epochs
            - [ ] dropout

            ```json
            { "num_hidden": 32 }
            ```
            """);

        Assert.Equal("Findings", page.QuerySelector("h3")!.TextContent);
        Assert.Equal(("wider", "not", "trial 3"), (Text("em"), Text("strong"), Text("del")));
        Assert.Equal("trial-7", Text("p code"));
        Assert.Single(page.QuerySelectorAll("p br"));
        Assert.Equal(["hidden", "accuracy"], page.QuerySelectorAll("th").Select(cell => cell.TextContent));
        Assert.Equal(["☑ more epochs", "☐ dropout"], page.QuerySelectorAll("li").Select(item => item.TextContent.Trim()));
        Assert.Equal("{ \"num_hidden\": 32 }", Text("pre code").Trim());

        string Text(string selector) => page.QuerySelector(selector)!.TextContent;
    }

    [Theory]
    [InlineData(">")]
    [InlineData("[")]
    [InlineData("![")]
    [InlineData("*a_")]
    [InlineData("- ")]
    [InlineData("[a](")]
    [InlineData("<a ")]
    [InlineData("`` ` ")]
    [InlineData("|a")]
    public void The_longest_note_is_harmless_and_takes_less_than_the_cube_of_its_length_whatever_it_repeats(string piece)
    {
        AssertHarmless(Repeated(NoteStore.MostCharacters));

        Assert.True(Growth.Exponent(5_000, length => () => NoteMarkdown.Render(Repeated(length))) < 3);

        string Repeated(int length) => string.Concat(Enumerable.Repeat(piece, length / piece.Length));
    }

    private static IElement Parse(string markdown) =>
        new HtmlParser().ParseDocument($"<body>{NoteMarkdown.Render(markdown).Value}</body>").Body!;

    // What a browser makes of it holds nothing but known elements, and no attribute but those of links.
    private static void AssertHarmless(string markdown)
    {
        foreach (var element in Parse(markdown).QuerySelectorAll("*"))
        {
            Assert.Contains(element.LocalName, Elements);
            foreach (var attribute in element.Attributes)
            {
                Assert.True(
                    (element.LocalName, attribute.Name) is ("a", "href" or "title" or "target" or "rel") or ("ol", "start" or "type"),
                    $"{markdown} has become {element.OuterHtml}");
            }
            if (element.GetAttribute("href") is { } address)
            {
                // Resolved as a browser does it, not as we do.
                Assert.Contains(new Url(new Url("http://workbench.example/"), address).Scheme, Schemes);
            }
        }
    }
}
