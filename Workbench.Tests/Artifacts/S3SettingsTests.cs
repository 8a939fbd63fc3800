using Workbench.Core.Artifacts;
using Workbench.Tests.Configuration;

namespace Workbench.Tests.Artifacts;

public sealed class S3SettingsTests
{
    static S3Settings? From(params (string Name, string Value)[] settings) => Settings.Read<S3Options>(settings).ToSettings();

    static S3Settings WithEndpoint(string endpoint, string secure = "") => From(
        ("Minio:Endpoint", endpoint), ("Minio:Secure", secure), ("Minio:AccessKey", "key"), ("Minio:SecretKey", "secret"))!;

    static string FailureOf(params (string, string)[] settings) => Assert.Single(Settings.FaultsOf<S3Options>(settings));

    static (string, string)[] Keys => [("Minio:AccessKey", "key"), ("Minio:SecretKey", "secret")];

    [Fact]
    public void Nothing_set_means_a_local_folder() => Assert.Null(From());

    [Fact]
    public void Keys_for_Amazon_alone_are_not_meant_for_us() =>
        Assert.Null(From(("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "secret")));

    [Fact]
    public void The_usual_names_of_the_environment_do() => Assert.Equal(
        new S3Settings(new Uri("http://minio:9000"), "key", "secret", "workbench", "us-east-1"),
        From(("MLFLOW_S3_ENDPOINT_URL", "http://minio:9000"), ("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "secret")));

    [Fact]
    public void Our_own_names_come_first() => Assert.Equal(
        new S3Settings(new Uri("https://ours"), "our-key", "our-secret", "our-bucket", "eu-central-1"),
        From(("MLFLOW_S3_ENDPOINT_URL", "http://minio:9000"), ("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_REGION", "us-west-1"), ("Minio:Endpoint", "ours"), ("Minio:Secure", "true"), ("Minio:AccessKey", "our-key"),
            ("Minio:SecretKey", "our-secret"), ("Minio:Bucket", "our-bucket"), ("Minio:Region", "eu-central-1")));

    [Theory]
    [InlineData("minio:9000", "", "http://minio:9000/")]
    [InlineData("minio:9000", "false", "http://minio:9000/")]
    [InlineData("minio:9000", "true", "https://minio:9000/")]
    [InlineData("http://minio:9000/", "", "http://minio:9000/")]
    [InlineData("https://s3.example.org", "True", "https://s3.example.org/")]
    [InlineData("127.0.0.1:9000", "", "http://127.0.0.1:9000/")]
    public void The_endpoint_may_have_a_scheme(string endpoint, string secure, string expected) =>
        Assert.Equal(expected, WithEndpoint(endpoint, secure).Endpoint.ToString());

    [Theory]
    [InlineData("ftp://minio")]
    [InlineData("http://minio:9000/path")]
    [InlineData("http://")]
    [InlineData("not an address")]
    public void What_is_no_endpoint_is_said_so(string endpoint) =>
        Assert.StartsWith($"Minio:Endpoint is '{endpoint}'", FailureOf([.. Keys, ("Minio:Endpoint", endpoint)]));

    [Fact]
    public void A_scheme_and_a_setting_that_contradict_each_other_are_refused() =>
        Assert.StartsWith("Minio:Secure is True", FailureOf([.. Keys, ("Minio:Endpoint", "http://minio"), ("Minio:Secure", "true")]));

    [Fact]
    public void Secure_is_true_or_false() =>
        Assert.Equal("Minio:Secure is 'yes'; it must be true or false.", FailureOf([.. Keys, ("Minio:Endpoint", "minio"), ("Minio:Secure", "yes")]));

    [Fact]
    public void What_is_missing_is_named()
    {
        Assert.StartsWith("Minio:AccessKey is missing", FailureOf(("Minio:Endpoint", "minio"), ("Minio:SecretKey", "secret")));
        Assert.StartsWith("Minio:SecretKey is missing", FailureOf(("Minio:Endpoint", "minio"), ("AWS_ACCESS_KEY_ID", "key")));
        Assert.StartsWith("Minio:Endpoint is missing", FailureOf(Keys));
    }

    [Theory]
    [InlineData("http://admin:hunter2@minio:9000")]
    [InlineData("admin:hunter2@minio:9000")]
    [InlineData("admin:hunter2@minio 9000")]
    [InlineData("http://minio/?X-Amz-Signature=hunter2")]
    public void No_message_tells_a_password_that_stands_in_the_address(string endpoint)
    {
        var faults = Settings.FaultsOf<S3Options>(("Minio:Endpoint", endpoint));

        // One about the address, and one about each missing key.
        Assert.Equal(3, faults.Count);
        Assert.All(faults, fault => Assert.DoesNotContain("hunter2", fault));
        Assert.DoesNotContain("hunter2", new S3Settings(new Uri("http://admin:hunter2@minio:9000"), "", "", "workbench", "").ToString());
    }

    [Theory]
    [InlineData("ab", false)]
    [InlineData("Workbench", false)]
    [InlineData("work_bench", false)]
    [InlineData("-workbench", false)]
    [InlineData("workbench.", false)]
    [InlineData("work..bench", false)]
    [InlineData("abc", true)]
    [InlineData("work-bench.2", true)]
    public void A_bucket_has_a_name_that_every_server_takes(string bucket, bool isGood)
    {
        var failure = Record.Exception(() => From(
            ("Minio:Endpoint", "minio"), ("Minio:AccessKey", "key"), ("Minio:SecretKey", "secret"), ("Minio:Bucket", bucket)));
        Assert.Equal(isGood, failure is null);
    }

    [Fact]
    public void The_secret_does_not_show() => Assert.Equal("http://minio:9000/workbench", WithEndpoint("minio:9000").ToString());
}
