using Workbench.Core.Platform;

namespace Workbench.Tests.Platform;

public sealed class DataDirectoryTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_made_when_missing_and_stays_empty()
    {
        var data = DataDirectory.Open(_folder["new", "data"]);
        Assert.Equal(_folder["new", "data"], data.Path);
        Assert.Empty(Directory.EnumerateFileSystemEntries(data.Path));
        Assert.Equal(_folder["new", "data", "artifacts"], data.Artifacts);
    }

    [SkippableFact]
    public void What_is_in_it_is_closed_to_other_accounts()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip.If(true, "There the user's profile is closed.");
            return;
        }
        Directory.CreateDirectory(_folder["data", "artifacts"], TemporaryFolder.OpenToAll);
        var existing = DataDirectory.Open(_folder["data"]);
        Assert.Equal(TemporaryFolder.ClosedToOthers, File.GetUnixFileMode(existing.Artifacts));

        var made = DataDirectory.Open(_folder["made"]);
        Assert.Equal(TemporaryFolder.ClosedToOthers, File.GetUnixFileMode(made.Path));
    }

    [Fact]
    public void By_default_it_is_the_users_own()
    {
        Assert.StartsWith(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), DataDirectory.DefaultPath);
        Assert.Equal("Workbench", Path.GetFileName(DataDirectory.DefaultPath));
    }

    [Fact]
    public void One_that_cannot_be_written_is_named_with_the_remedy()
    {
        File.WriteAllText(_folder["file"], "");
        var failure = Assert.Throws<StartupException>(() => DataDirectory.Open(_folder["file", "data"]));
        Assert.StartsWith($"The data folder {_folder["file", "data"]} cannot be written (", failure.Message);
        Assert.EndsWith("Choose another with --data DIR.", failure.Message);
    }
}
