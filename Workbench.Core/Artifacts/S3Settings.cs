using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Workbench.Core.Artifacts;

/// <summary>Which S3 server keeps the artifacts, and how to sign requests to it.</summary>
/// <param name="Endpoint">Scheme, host and port.</param>
/// <param name="AccessKey">The account.</param>
/// <param name="SecretKey">Its secret.</param>
/// <param name="Bucket">Made when missing.</param>
/// <param name="Region">What AWS needs to know; others take any.</param>
public sealed partial record S3Settings(Uri Endpoint, string AccessKey, string SecretKey, string Bucket, string Region)
{
    /// <summary>Reads <c>Minio:Endpoint</c>, <c>AccessKey</c>, <c>SecretKey</c>, <c>Bucket</c> (workbench), <c>Secure</c> (false) and
    /// <c>Region</c> (us-east-1), or for want of them what S3's and MLflow's users have in their environment:
    /// <c>MLFLOW_S3_ENDPOINT_URL</c>, <c>AWS_ACCESS_KEY_ID</c>, <c>AWS_SECRET_ACCESS_KEY</c>, <c>AWS_REGION</c>.</summary>
    /// <returns>Null if no server is named: then a local folder it is.</returns>
    /// <exception cref="ArtifactStoreException">A setting is missing or makes no sense; the message names it.</exception>
    public static S3Settings? From(IConfiguration configuration)
    {
        string? Read(params string[] names) =>
            names.Select(name => configuration[name]).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));

        var endpoint = Read("Minio:Endpoint", "MLFLOW_S3_ENDPOINT_URL");
        if (endpoint is null)
        {
            // Many have AWS_… set for something else; Minio:… is meant for us.
            return Read("Minio:AccessKey", "Minio:SecretKey") is null ? null
                : throw new ArtifactStoreException(
                    "Minio:Endpoint is missing. Set it to the S3 server's address, as in http://127.0.0.1:9000.");
        }
        return new S3Settings(
            ParseEndpoint(endpoint, Read("Minio:Secure")),
            Read("Minio:AccessKey", "AWS_ACCESS_KEY_ID") ?? throw Missing("Minio:AccessKey", "AWS_ACCESS_KEY_ID"),
            Read("Minio:SecretKey", "AWS_SECRET_ACCESS_KEY") ?? throw Missing("Minio:SecretKey", "AWS_SECRET_ACCESS_KEY"),
            ParseBucket(Read("Minio:Bucket") ?? "workbench"),
            Read("Minio:Region", "AWS_REGION", "AWS_DEFAULT_REGION") ?? "us-east-1");

        ArtifactStoreException Missing(string name, string variable) =>
            new($"{name} is missing: the S3 server {endpoint} is set, but not how to sign in. Set {name} (or the variable {variable}).");
    }

    static Uri ParseEndpoint(string text, string? secureText)
    {
        var secure = secureText switch
        {
            null => (bool?)null,
            _ when bool.TryParse(secureText, out var parsed) => parsed,
            _ => throw new ArtifactStoreException($"Minio:Secure is '{secureText}'; it must be true or false."),
        };
        var hasScheme = text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(hasScheme ? text : (secure == true ? "https://" : "http://") + text, UriKind.Absolute, out var endpoint)
            || endpoint.Scheme is not ("http" or "https") || endpoint.PathAndQuery != "/" || endpoint.Host.Length == 0)
            throw new ArtifactStoreException(
                $"Minio:Endpoint is '{text}'; it must be the S3 server's address, as in http://127.0.0.1:9000.");
        if (hasScheme && secure is { } wanted && wanted != (endpoint.Scheme == "https"))
            throw new ArtifactStoreException($"Minio:Secure is {wanted}, but Minio:Endpoint is '{text}'. Change one of them.");
        return endpoint;
    }

    static string ParseBucket(string text) => BucketName().IsMatch(text) ? text
        : throw new ArtifactStoreException($"Minio:Bucket is '{text}'; it must be 3 to 63 lower-case letters, digits, hyphens and " +
            "single dots, with a letter or digit at both ends.");

    [GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9-]|\.(?=[a-z0-9])){1,61}[a-z0-9]\z")]
    private static partial Regex BucketName();

    // The generated text would tell the secret.
    /// <summary>Names the server and the bucket, not the secret.</summary>
    public override string ToString() => $"{Endpoint.GetLeftPart(UriPartial.Authority)}/{Bucket}";
}
