using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Workbench.Core.Datasets.Formats;

/// <summary>A CSV file that names the pictures and their classes, and perhaps parts, under the headings <c>file,label,part</c>. Several are
/// taken together; one that is called as a part is of that part.</summary>
public sealed class LabelTable : IDatasetFormat
{
    private const long MostBytes = 256 << 20;

    private static readonly string[] FileHeadings = ["file", "filename", "file_name", "image", "image_path", "path", "img", "image_id", "id"];
    private static readonly string[] LabelHeadings = ["label", "class", "category", "target", "class_name"];
    private static readonly string[] PartHeadings = ["part", "split", "set", "subset"];

    /// <inheritdoc/>
    public FoundPictures? Find(IReadOnlyList<SourceFile> files)
    {
        var tables = files.Where(file => file.Length <= MostBytes && file.Name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) && HasHeadings(file)).ToList();
        if (tables.Count == 0 || !files.Any(FileTree.IsPicture))
        {
            return null;
        }
        return new FoundPictures(files.Count - tables.Count, tables.SelectMany(table => Read(table, new Lookup(files, table))));
    }

    private static IEnumerable<FoundPicture> Read(SourceFile table, Lookup lookup)
    {
        // All of it first: of a source one file is open at a time.
        var rows = new List<(string File, string Label, string? Part)>();
        using (var csv = Open(table))
        {
            csv.Read();
            csv.ReadHeader();
            var (file, label, part) = (Column(csv, FileHeadings), Column(csv, LabelHeadings), Column(csv, PartHeadings));
            while (csv.Read())
            {
                rows.Add((Field(csv, file).Trim(), Field(csv, label).Trim(), part < 0 ? null : Field(csv, part).Trim()));
            }
        }
        var own = PartName.Of(Path.GetFileNameWithoutExtension(table.Name));
        foreach (var (file, label, part) in rows)
        {
            var path = $"{table.Path}: {file}";
            yield return lookup.Find(file) is not { } picture ? FoundPicture.Faulty(path, "There is no such file.")
                : label.Length == 0 ? FoundPicture.Faulty(picture.Path, $"It has no label in {table.Path}.")
                : part is { Length: > 0 } && PartName.Of(part) is null ? FoundPicture.Faulty(picture.Path, $"'{part}' is no part; parts are train, validation and test.")
                : new FoundPicture(picture.Path, label, part is { Length: > 0 } ? PartName.Of(part) : own, () => picture.ReadAll(PictureDecoder.MostBytes));
        }
    }

    private static bool HasHeadings(SourceFile table)
    {
        try
        {
            using var csv = Open(table);
            return csv.Read() && csv.ReadHeader() && Column(csv, FileHeadings) >= 0 && Column(csv, LabelHeadings) >= 0;
        }
        catch (Exception exception) when (exception is CsvHelperException or IOException or InvalidDataException)
        {
            return false;
        }
    }

    private static CsvReader Open(SourceFile table) => new(
        new StreamReader(table.Open()),
        new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            DetectDelimiter = true,
            DetectDelimiterValues = [",", ";", "\t"],
            BadDataFound = null,
            MissingFieldFound = null,
        });

    private static int Column(CsvReader csv, string[] headings) =>
        Array.FindIndex(csv.HeaderRecord!, heading => headings.Contains(heading.Trim().ToLowerInvariant()));

    private static string Field(CsvReader csv, int column) => csv.TryGetField<string>(column, out var value) ? value ?? "" : "";

    /// <summary>Finds the file that a row means: by its path from the table or from the top, else by its name if no other has it; an extension
    /// may be left out.</summary>
    private sealed class Lookup
    {
        private readonly Dictionary<string, SourceFile> _byPath = new(StringComparer.OrdinalIgnoreCase);
        private readonly Dictionary<string, SourceFile?> _byName = new(StringComparer.OrdinalIgnoreCase);
        private readonly string _folder;

        public Lookup(IReadOnlyList<SourceFile> files, SourceFile table)
        {
            _folder = table.Path[..^table.Name.Length];
            foreach (var file in files.Where(FileTree.IsPicture))
            {
                _byPath.TryAdd(file.Path, file);
                foreach (var name in (string[])[file.Name, Path.GetFileNameWithoutExtension(file.Name)])
                {
                    _byName[name] = _byName.TryGetValue(name, out var other) && other?.Path != file.Path ? null : file;
                }
            }
        }

        public SourceFile? Find(string name)
        {
            var path = name.Replace('\\', '/');
            path = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
            return _byPath.GetValueOrDefault(_folder + path) ?? _byPath.GetValueOrDefault(path)
                ?? _byName.GetValueOrDefault(path[(path.LastIndexOf('/') + 1)..]);
        }
    }
}
