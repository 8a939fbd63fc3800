using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;

namespace Workbench.Components.Runs;

/// <summary>How a file of a run is shown.</summary>
public enum PreviewKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>As it is.</summary>
    Text,

    /// <summary>As a table.</summary>
    Table,

    /// <summary>As Markdown.</summary>
    Markdown,

    /// <summary>As a picture, which the browser reads itself.</summary>
    Picture,
}

/// <summary>The beginning of a file of a run, as it is shown. Nothing in it is ever run: HTML and SVG are text.</summary>
/// <param name="Kind">How.</param>
/// <param name="Text">The text; empty for what is none.</param>
/// <param name="Rows">The rows of a table, the headings first.</param>
/// <param name="IsCut">Whether more follows that is not shown.</param>
public sealed record FilePreview(PreviewKind Kind, string Text, IReadOnlyList<string[]> Rows, bool IsCut)
{
    /// <summary>How much of a file is read, in bytes.</summary>
    public const int MostBytes = 256 << 10;

    /// <summary>The largest picture that is shown, in bytes.</summary>
    public const long MostPictureBytes = 20L << 20;

    /// <summary>The most rows of a table, without its headings.</summary>
    public const int MostRows = 200;

    private const int MostColumns = 50;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a file is a picture that browsers show.</summary>
    public static bool IsPicture(string name) => Path.GetExtension(name).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg" or ".gif" or ".webp" or ".bmp";

    /// <summary>Reads a file's beginning.</summary>
    /// <param name="name">Its name, which says what it is.</param>
    /// <param name="content">Its content; no more than <see cref="MostBytes"/> of it are read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<FilePreview> ReadAsync(string name, Stream content, CancellationToken cancellationToken = default)
    {
        var bytes = new byte[MostBytes + 1];
        var length = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return Of(name, bytes.AsSpan(0, Math.Min(length, MostBytes)), length > MostBytes);
    }

    private static FilePreview Of(string name, ReadOnlySpan<byte> bytes, bool isCut)
    {
        if (bytes.Contains((byte)0))
        {
            return new(PreviewKind.None, "", [], isCut);
        }
        var text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".csv" => Table(text, ",", isCut),
            ".tsv" => Table(text, "\t", isCut),
            ".md" or ".markdown" => new(PreviewKind.Markdown, text, [], isCut),
            ".json" when !isCut => new(PreviewKind.Text, Pretty(text), [], isCut),
            _ => new(PreviewKind.Text, text, [], isCut),
        };
    }

    private static string Pretty(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return JsonSerializer.Serialize(document.RootElement, Indented);
        }
        catch (JsonException)
        {
            return json;
        }
    }

    private static FilePreview Table(string text, string delimiter, bool isCut)
    {
        using var csv = new CsvParser(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture) { Delimiter = delimiter, BadDataFound = null });
        var rows = new List<string[]>();
        while (rows.Count <= MostRows && csv.Read())
        {
            rows.Add([.. csv.Record!.Take(MostColumns)]);
        }
        // The last row that was read may be cut in its middle.
        if (isCut && rows.Count is > 1 and <= MostRows)
        {
            rows.RemoveAt(rows.Count - 1);
        }
        return new(PreviewKind.Table, "", rows, isCut || csv.Read());
    }
}
