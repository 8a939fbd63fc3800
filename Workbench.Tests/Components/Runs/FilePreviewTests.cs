using System.Text;
using Workbench.Components.Runs;

namespace Workbench.Tests.Components.Runs;

public class FilePreviewTests
{
    [Theory]
    [InlineData("a.json", "{\"a\":[1,\"ü\"]}", "{\n  \"a\": [\n    1,\n    \"ü\"\n  ]\n}")]
    [InlineData("a.json", "{\"a\":", "{\"a\":")]
    [InlineData("a.svg", "<svg/>", "<svg/>")]
    [InlineData("LICENSE", "free", "free")]
    public async Task Text_is_shown_as_it_is_and_JSON_indented(string name, string content, string shown)
    {
        var preview = await ReadAsync(name, Encoding.UTF8.GetBytes(content));

        Assert.Equal((PreviewKind.Text, shown), (preview.Kind, preview.Text.ReplaceLineEndings("\n")));
    }

    [Fact]
    public async Task Of_a_table_the_first_rows_show()
    {
        var csv = string.Join('\n', Enumerable.Range(0, 1000).Select(i => $"{i},\"a\nb\""));

        var preview = await ReadAsync("a.csv", Encoding.UTF8.GetBytes(csv));

        Assert.Equal((PreviewKind.Table, FilePreview.MostRows + 1, true), (preview.Kind, preview.Rows.Count, preview.IsCut));
        Assert.Equal(["1", "a\nb"], preview.Rows[1]);
    }

    [Fact]
    public async Task Of_a_long_text_only_the_beginning_is_read()
    {
        var preview = await ReadAsync("a.json", Encoding.UTF8.GetBytes(new string('1', FilePreview.MostBytes * 2)));

        Assert.Equal((PreviewKind.Text, FilePreview.MostBytes, true), (preview.Kind, preview.Text.Length, preview.IsCut));
    }

    [Fact]
    public async Task What_is_no_text_is_not_shown() => Assert.Equal(PreviewKind.None, (await ReadAsync("model.bin", [1, 0, 2])).Kind);

    private static Task<FilePreview> ReadAsync(string name, byte[] content) => FilePreview.ReadAsync(name, new MemoryStream(content));
}
