using Workbench.Core.Mirroring;
using Workbench.Tests.Configuration;

namespace Workbench.Tests.Mirroring;

public class MirrorOptionsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5000", "http://127.0.0.1:5000/")]
    [InlineData("https://example.org/mlflow/", "https://example.org/mlflow/")]
    [InlineData("HTTPS://ana:secret@example.org", "https://example.org/")]
    public void A_server_is_kept_without_what_signs_in(string given, string server)
    {
        var options = Settings.Read<MirrorOptions>(("MLFLOW_TRACKING_URI", given));

        Assert.Equal((server, null), (options.Server!.AbsoluteUri, options.Unusable));
    }

    [Theory]
    [InlineData("file:./mlruns")]
    [InlineData("./mlruns")]
    [InlineData("databricks")]
    [InlineData("sqlite:///mlflow.db")]
    public void Other_places_are_no_error_and_nothing_is_mirrored_to_them(string given)
    {
        var options = Settings.Read<MirrorOptions>(("MLFLOW_TRACKING_URI", given));

        Assert.Equal((null, given), (options.Server, options.Unusable));
    }

    [Fact]
    public void It_can_be_switched_off_whatever_the_environment_says()
    {
        var options = Settings.Read<MirrorOptions>(("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000"), ("Workbench:Mirror:Uri", "off"));

        Assert.Equal((null, null), (options.Server, options.Unusable));
    }

    [Theory]
    [InlineData("http://")]
    [InlineData("http:example.org")]
    [InlineData("http://example.org?token=abc")]
    public void A_wrong_address_is_named_with_its_setting_and_a_right_one(string given)
    {
        var fault = Assert.Single(Settings.FaultsOf<MirrorOptions>(("MLFLOW_TRACKING_URI", given)));

        Assert.StartsWith("MLFLOW_TRACKING_URI is '", fault);
        Assert.Contains("https://", fault);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("1", true)]
    public void Whether_any_certificate_is_taken_is_told_as_MLflow_takes_it(string? given, bool trusts) =>
        Assert.Equal(trusts, Settings.Read<MirrorOptions>(("MLFLOW_TRACKING_INSECURE_TLS", given ?? "")).TrustsAnyCertificate);

    [Fact]
    public void Whether_any_certificate_is_taken_is_never_guessed()
    {
        var fault = Assert.Single(Settings.FaultsOf<MirrorOptions>(("MLFLOW_TRACKING_INSECURE_TLS", "maybe")));

        Assert.Equal("MLFLOW_TRACKING_INSECURE_TLS is 'maybe'; it must be true or false.", fault);
    }

    [Fact]
    public void A_user_and_a_password_come_from_their_settings_or_from_the_address()
    {
        Assert.Equal(("ben", "key"), Account(("MLFLOW_TRACKING_URI", "http://ana:secret@host"), ("MLFLOW_TRACKING_USERNAME", "ben"), ("MLFLOW_TRACKING_PASSWORD", "key")));
        Assert.Equal(("ana", "s:cret"), Account(("MLFLOW_TRACKING_URI", "http://ana:s%3Acret@host")));
        Assert.Null(Account(("MLFLOW_TRACKING_URI", "http://host"), ("MLFLOW_TRACKING_USERNAME", "ben")));
    }

    private static (string User, string Password)? Account(params (string Name, string Value)[] settings) => Settings.Read<MirrorOptions>(settings).Account;
}
