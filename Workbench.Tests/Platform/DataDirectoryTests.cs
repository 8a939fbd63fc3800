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
    public void It_and_what_is_in_it_are_closed_to_other_accounts()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip.If(true, "There the user's profile is closed.");
            return;
        }
        var made = DataDirectory.Open(_folder["made"]);
        Assert.Equal(TemporaryFolder.ClosedToOthers, File.GetUnixFileMode(made.Path));

        string[] folders = [_folder["data"], _folder["data", "artifacts"], _folder["data", "features"], _folder["data", "keys"], _folder["data", "postgres"]];
        foreach (var folder in folders)
        {
            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, TemporaryFolder.OpenToAll);
        }

        var existing = DataDirectory.Open(_folder["data"]);

        // The user of root's database passes through.
        Assert.Equal(
            Environment.IsPrivilegedProcess ? TemporaryFolder.OpenToPassThrough : TemporaryFolder.ClosedToOthers, File.GetUnixFileMode(existing.Path));
        Assert.All([existing.Artifacts, existing.Features, existing.Keys], folder => Assert.Equal(TemporaryFolder.ClosedToOthers, TemporaryFolder.ModeOf(folder)));
    }

    [SkippableFact]
    public void One_that_holds_other_things_stays_as_open_as_it_is()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip.If(true, "There the user's profile is closed.");
            return;
        }
        Directory.CreateDirectory(_folder["home", "keys"]);
        File.WriteAllText(_folder["home", "letter.txt"], "");
        File.SetUnixFileMode(_folder["home"], TemporaryFolder.OpenToAll);

        var data = DataDirectory.Open(_folder["home"]);

        Assert.Equal(TemporaryFolder.OpenToAll, File.GetUnixFileMode(data.Path));
        Assert.Equal(TemporaryFolder.ClosedToOthers, File.GetUnixFileMode(data.Keys));
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
