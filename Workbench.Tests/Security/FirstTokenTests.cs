using Workbench.Core.Access;
using Workbench.Core.Platform;
using Workbench.Security;

namespace Workbench.Tests.Security;

public sealed class FirstTokenTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private DataDirectory Data => DataDirectory.Open(_folder.Path);

    [Fact]
    public void It_is_made_once_and_kept_for_the_own_user_alone()
    {
        var made = FirstToken.Open(Options(), Data);
        var again = FirstToken.Open(Options(), Data);

        Assert.True(made.IsGenerated);
        Assert.True(TokenSecret.IsCreated(made.Secret));
        Assert.Equal(made.Secret, again.Secret);
        Assert.Equal(made.Grant, again.Grant);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.Path, "token")));
        }
    }

    [Fact]
    public void Processes_that_start_together_have_the_same()
    {
        var tokens = new FirstToken[8];
        Parallel.For(0, tokens.Length, i => tokens[i] = FirstToken.Open(Options(), Data));

        Assert.Single(tokens.Select(token => token.Secret).Distinct());
        Assert.Equal(["token"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_configured_one_takes_its_place_and_is_written_nowhere()
    {
        var token = FirstToken.Open(Options(("Workbench:Token", "correct-horse-battery-staple")), Data);

        Assert.True(token.Is(TokenSecret.Hash("correct-horse-battery-staple")));
        Assert.False(token.IsGenerated);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("Workbench:Token", "too short")]
    [InlineData("Workbench:Token", "with a space in between")]
    [InlineData("Workbench:Authentication", "never")]
    [InlineData("Workbench:Authentication", "2")]
    public void A_setting_that_makes_no_sense_is_named(string setting, string value) =>
        Assert.StartsWith($"{setting} is ", Assert.Single(Configuration.Settings.FaultsOf<AccessOptions>((setting, value))));

    [Fact]
    public void A_damaged_file_is_named()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "token"), "half a tok");

        Assert.Contains(Path.Combine(_folder.Path, "token"), Assert.Throws<StartupException>(() => FirstToken.Open(Options(), Data)).Message);
    }

    public void Dispose() => _folder.Dispose();

    private static AccessOptions Options(params (string Name, string Value)[] settings) => Configuration.Settings.Read<AccessOptions>(settings);
}
