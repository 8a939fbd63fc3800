using System.Text.Json;
using System.Text.RegularExpressions;

namespace Workbench.Tests;

/// <summary>NOTICE, which lies beside the program, tells what the program holds of others.</summary>
public partial class NoticeTests
{
    // Each takes the place of its kin on another system.
    private static readonly string[] PerPlatform = ["libtorch-cpu-", "SkiaSharp.NativeAssets."];

    [Fact]
    public void Every_package_that_ships_is_told_with_its_version() =>
        Assert.True(Missing is [], $"Not in NOTICE, with that version: {string.Join(", ", Missing)}");

    [Fact]
    public void Nothing_is_told_that_does_not_ship()
    {
        var versions = Shipped.ToDictionary(package => package.Split(' ')[0], package => package.Split(' ')[1]);

        var stale = Told.Except(Shipped).Where(package => !PerPlatform.Any(kind => package.StartsWith(kind, StringComparison.Ordinal)
            && versions.Any(shipped => shipped.Key.StartsWith(kind, StringComparison.Ordinal) && package.EndsWith($" {shipped.Value}", StringComparison.Ordinal))));

        Assert.Empty(stale);
    }

    // A version that follows from others may change with them, unnoticed.
    [Fact]
    public void Every_package_that_ships_has_its_version_pinned()
    {
        var pinned = Pin().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Directory.Packages.props"))).Select(pin => $"{pin.Groups["name"]} {pin.Groups["version"]}");

        Assert.Empty(Shipped.Except(pinned));
    }

    [Fact]
    public void The_networks_that_ship_are_told_with_the_version_of_their_package()
    {
        var version = Encoders().Match(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Directory.Packages.props"))).Groups["version"].Value;

        Assert.Contains(
            $"encoders/ResNet18.onnx, encoders/ResNetPreprocess.onnx: of Microsoft.ML.DnnImageFeaturizer.ResNet18 {version} ",
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "NOTICE")), StringComparison.Ordinal);
        Assert.Equal(
            ["ResNet18.onnx", "ResNetPreprocess.onnx"],
            Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "encoders")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private static List<string> Missing => [.. Shipped.Except(Told)];

    private static List<string> Told => [.. Line().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "NOTICE")))
        .Select(line => $"{line.Groups["name"]} {line.Groups["version"]}")];

    private static List<string> Shipped
    {
        get
        {
            using var dependencies = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Workbench.deps.json")));
            return [.. dependencies.RootElement.GetProperty("libraries").EnumerateObject()
                .Where(library => library.Value.GetProperty("type").GetString() == "package").Select(library => library.Name.Replace('/', ' '))];
        }
    }

    [GeneratedRegex("""<PackageVersion Include="(?<name>[^"]+)" Version="(?<version>[^"]+)" />""")]
    private static partial Regex Pin();

    [GeneratedRegex("<ResNet18Version>(?<version>[^<]+)</ResNet18Version>")]
    private static partial Regex Encoders();

    // - Npgsql 10.0.3 — PostgreSQL — The Npgsql Development Team
    [GeneratedRegex(@"^- (?<name>[\w.-]+) (?<version>\d[\w.-]*) — ", RegexOptions.Multiline)]
    private static partial Regex Line();
}
