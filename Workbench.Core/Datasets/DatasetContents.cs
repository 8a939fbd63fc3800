using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Workbench.Core.Tracking;

namespace Workbench.Core.Datasets;

/// <summary>What a version of a dataset will hold, and what follows from it: its fingerprint, what its pictures are like, and what is wrong
/// with it.</summary>
/// <param name="Classes">The names of the classes, by class index.</param>
/// <param name="Parts">The names of the parts; empty for none.</param>
/// <param name="Items">The pictures, in order.</param>
/// <param name="Drawn">Whether they are strokes on a plain ground.</param>
internal sealed record DatasetContents(string[] Classes, string[] Parts, IReadOnlyList<DatasetItem> Items, bool Drawn)
{
    /// <summary>A class of fewer pictures is a problem.</summary>
    public const int FewPictures = 5;

    /// <summary>Brings names of classes into their order: by number where all are numbers, else by letters.</summary>
    public static string[] InOrder(IEnumerable<string> classes)
    {
        string[] names = [.. classes.Distinct(StringComparer.Ordinal)];
        return names.All(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? [.. names.OrderBy(name => int.Parse(name, CultureInfo.InvariantCulture)).ThenBy(name => name, StringComparer.Ordinal)]
            : [.. names.Order(StringComparer.Ordinal)];
    }

    /// <summary>The row of the version; its number is given when it is written.</summary>
    /// <exception cref="DatasetException">It has no class, or one.</exception>
    public DatasetVersion ToVersion(string origin)
    {
        if (Classes.Length < 2)
        {
            throw new DatasetException(Classes is [var only]
                ? $"There is only one class, '{only}'. A classifier needs at least two: put the pictures of each class into a folder of its own."
                : "There is no picture with a class. Put the pictures of each class into a folder of its own, named as the class.");
        }
        int[] widths = [.. Items.Select(item => item.Width).Order()], heights = [.. Items.Select(item => item.Height).Order()];
        return new DatasetVersion
        {
            Fingerprint = Fingerprint(),
            Classes = Classes,
            Parts = Parts,
            Count = Items.Count,
            Bytes = Items.Sum(item => (long)item.Bytes),
            Channels = Items.Max(item => item.Channels),
            Width = widths[widths.Length / 2],
            Height = heights[heights.Length / 2],
            SameSize = widths[0] == widths[^1] && heights[0] == heights[^1],
            Drawn = Drawn,
            Origin = origin,
        };
    }

    /// <summary>What is wrong with the pictures together.</summary>
    public IEnumerable<DatasetProblem> Problems()
    {
        foreach (var same in Items.GroupBy(item => Convert.ToHexString(item.Sha256)).Where(same => same.Skip(1).Any()))
        {
            int[] classes = [.. same.Select(item => item.Class).Distinct()];
            short[] parts = [.. same.Select(item => item.Part).Distinct()];
            var (kind, message) = (classes.Length, parts.Length) switch
            {
                ( > 1, _) => (DatasetProblemKind.TwoClasses, $"The same picture is in {Listed(classes.Select(c => Classes[c]))}."),
                (_, > 1) => (DatasetProblemKind.TwoParts, $"The same picture is in {Listed(parts.Select(p => Parts[p]))}: a model is judged on what it was trained on."),
                _ => (DatasetProblemKind.Duplicate, $"The same picture is there {same.Count()} times."),
            };
            yield return new DatasetProblem { Kind = kind, Message = message, Subject = same.First().Path, Sha256 = same.First().Sha256 };
        }
        var counts = Items.CountBy(item => item.Class).ToDictionary();
        foreach (var (index, name) in Classes.Index())
        {
            if (counts.GetValueOrDefault(index) is < FewPictures and var count)
            {
                yield return new DatasetProblem
                {
                    Kind = DatasetProblemKind.SmallClass,
                    Message = $"'{name}' has {(count == 1 ? "1 picture" : $"{count} pictures")}; a class should have {FewPictures} or more.",
                    Subject = name,
                    Class = index,
                };
            }
        }
    }

    // The order of the files and their names do not matter: what a model can learn from them is the same.
    private string Fingerprint()
    {
        var lines = Items.Select(item => $"{Classes[item.Class]}\0{(Parts.Length > 0 ? Parts[item.Part] : "")}\0{Convert.ToHexStringLower(item.Sha256)}\n").ToArray();
        Array.Sort(lines, StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(line));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Listed(IEnumerable<string> names) => string.Join(" and in ", names.Select(name => $"'{name}'"));
}
