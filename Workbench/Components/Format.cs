using System.Globalization;
using Workbench.Core.Search;

namespace Workbench.Components;

/// <summary>How the pages write numbers and times: short, always the same, in the invariant culture.</summary>
internal static class Format
{
    /// <summary>A metric or an objective: four decimals, or a power of ten when that says more.</summary>
    public static string Value(double? value) => value switch
    {
        null => "–",
        { } v when !double.IsFinite(v) => v.ToString(CultureInfo.InvariantCulture),
        0 => "0",
        { } v when Math.Abs(v) is < 1e-3 or >= 1e5 => v.ToString("0.00e+0", CultureInfo.InvariantCulture),
        { } v => v.ToString("0.0000", CultureInfo.InvariantCulture),
    };

    /// <summary>A parameter: four significant digits at most.</summary>
    public static string Parameter(ParameterValue value) =>
        !value.IsNumber || value.IsInteger ? value.ToString() : Number(value.AsDouble());

    /// <summary>A share as a whole percentage.</summary>
    public static string Percent(double share) => share.ToString("0 %", CultureInfo.InvariantCulture);

    /// <summary>A share to a tenth of a percent, where differences are small.</summary>
    public static string PreciseShare(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);

    /// <summary>A size in the unit that fits.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} B",
        < 1_000_000 => (bytes / 1e3).ToString("0.0 kB", CultureInfo.InvariantCulture),
        < 1_000_000_000 => (bytes / 1e6).ToString(bytes < 100_000_000 ? "0.0 MB" : "0 MB", CultureInfo.InvariantCulture),
        _ => (bytes / 1e9).ToString("0.00 GB", CultureInfo.InvariantCulture),
    };

    /// <summary>A length of time in the unit that fits.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 10 } => duration.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture),
        { TotalSeconds: < 60 } => $"{(int)duration.TotalSeconds} s",
        { TotalHours: < 1 } => $"{(int)duration.TotalMinutes} min {duration.Seconds:00} s",
        _ => $"{(int)duration.TotalHours} h {duration.Minutes:00} min",
    };

    /// <summary>A moment, for machines.</summary>
    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>A moment, for people.</summary>
    public static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Words as the beginning of a sentence.</summary>
    public static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";

    private static string Number(double x) => x switch
    {
        0 => "0",
        _ when Math.Abs(x) is < 1e-3 or >= 1e6 => x.ToString("0.00e+0", CultureInfo.InvariantCulture),
        _ => x.ToString("G4", CultureInfo.InvariantCulture),
    };
}
