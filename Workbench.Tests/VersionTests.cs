using System.Text.RegularExpressions;

namespace Workbench.Tests;

public partial class VersionTests
{
    [Fact]
    public void The_program_has_the_version_of_the_newest_changes()
    {
        var newest = Section().Match(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "CHANGELOG.md"))).Groups["version"].Value;

        Assert.Equal(Version.Parse(newest), Version.Parse(typeof(WebHosting).Assembly.GetName().Version!.ToString(3)));
    }

    [GeneratedRegex(@"^## (?<version>\d+\.\d+\.\d+)", RegexOptions.Multiline)]
    private static partial Regex Section();
}
