using System.ComponentModel.DataAnnotations;
using Workbench.Core.Configuration;

namespace Workbench.Core.Artifacts;

/// <summary>Which S3 server keeps the artifacts. Its names are ours or, for want of them, those that S3's and MLflow's users have in
/// their environment.</summary>
public sealed class S3Options : IValidatableObject
{
    /// <summary>The server, as in <c>http://minio:9000</c> or <c>minio:9000</c>; null to keep artifacts in a local folder.</summary>
    [Setting("Minio:Endpoint", "MLFLOW_S3_ENDPOINT_URL")]
    public string? Endpoint { get; set; }

    /// <summary>Whether to use https where <see cref="Endpoint"/> has no scheme.</summary>
    [Setting("Minio:Secure")]
    public bool? Secure { get; set; }

    /// <summary>The account.</summary>
    [Setting("Minio:AccessKey", Secret = true)]
    public string? AccessKey { get; set; }

    /// <summary>Its secret.</summary>
    [Setting("Minio:SecretKey", Secret = true)]
    public string? SecretKey { get; set; }

    /// <summary>The account where <see cref="AccessKey"/> is not set. Alone it means nothing: many have it for something else.</summary>
    [Setting("AWS_ACCESS_KEY_ID", Secret = true)]
    public string? AwsAccessKey { get; set; }

    /// <summary>The secret where <see cref="SecretKey"/> is not set.</summary>
    [Setting("AWS_SECRET_ACCESS_KEY", Secret = true)]
    public string? AwsSecretKey { get; set; }

    /// <summary>The bucket, made when missing.</summary>
    [Setting("Minio:Bucket")]
    [RegularExpression(@"[a-z0-9](?:[a-z0-9-]|\.(?=[a-z0-9])){1,61}[a-z0-9]",
        ErrorMessage = "3 to 63 lower-case letters, digits, hyphens and single dots, with a letter or digit at both ends")]
    public string Bucket { get; set; } = "workbench";

    /// <summary>What AWS needs to know; others take any.</summary>
    [Setting("Minio:Region", "AWS_REGION", "AWS_DEFAULT_REGION")]
    public string Region { get; set; } = "us-east-1";

    /// <summary>How long the server may take to say that it can be used.</summary>
    [Setting("Minio:CheckLimit"), Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CheckLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Faults().Select(fault => new ValidationResult(fault));

    /// <summary>The server and how to sign requests to it; null for a local folder. To be called on valid options.</summary>
    public S3Settings? ToSettings() =>
        Endpoint is null ? null : new S3Settings(Address!, Account!, Secret!, Bucket, Region) { CheckLimit = CheckLimit };

    private IEnumerable<string> Faults()
    {
        if (Endpoint is null)
        {
            if ((AccessKey ?? SecretKey) is not null)
            {
                yield return "Minio:Endpoint is missing. Set it to the S3 server's address, as in http://127.0.0.1:9000.";
            }
            yield break;
        }
        var shown = SafeText.WithoutSecrets(Endpoint);
        if (Endpoint.Contains('@', StringComparison.Ordinal))
        {
            yield return $"Minio:Endpoint is '{shown}'; it must be without a user and a password, which are Minio:AccessKey and Minio:SecretKey.";
        }
        else if (Address is not { } address)
        {
            yield return $"Minio:Endpoint is '{shown}'; it must be the S3 server's address, as in http://127.0.0.1:9000.";
        }
        else if (HasScheme && Secure is { } wanted && wanted != (address.Scheme == Uri.UriSchemeHttps))
        {
            yield return $"Minio:Secure is {wanted}, but Minio:Endpoint is '{shown}'. Change one of them.";
        }
        if (Account is null)
        {
            yield return $"Minio:AccessKey is missing: the S3 server {shown} is set, but not how to sign in. Set it (or the variable AWS_ACCESS_KEY_ID).";
        }
        if (Secret is null)
        {
            yield return $"Minio:SecretKey is missing: the S3 server {shown} is set, but not how to sign in. Set it (or the variable AWS_SECRET_ACCESS_KEY).";
        }
    }

    private string? Account => AccessKey ?? AwsAccessKey;

    private string? Secret => SecretKey ?? AwsSecretKey;

    private bool HasScheme => Endpoint!.Contains("://", StringComparison.Ordinal);

    private Uri? Address =>
        Uri.TryCreate(HasScheme ? Endpoint! : (Secure == true ? "https://" : "http://") + Endpoint, UriKind.Absolute, out var address)
        && address.Scheme is "http" or "https" && address.PathAndQuery == "/" && address.Host.Length > 0
            ? address
            : null;
}
