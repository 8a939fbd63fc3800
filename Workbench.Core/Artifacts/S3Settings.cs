namespace Workbench.Core.Artifacts;

/// <summary>Which S3 server keeps the artifacts, and how to sign requests to it.</summary>
/// <param name="Endpoint">Scheme, host and port.</param>
/// <param name="AccessKey">The account.</param>
/// <param name="SecretKey">Its secret.</param>
/// <param name="Bucket">Made when missing.</param>
/// <param name="Region">What AWS needs to know; others take any.</param>
public sealed record S3Settings(Uri Endpoint, string AccessKey, string SecretKey, string Bucket, string Region)
{
    /// <summary>How long the server may take to say that it can be used.</summary>
    public TimeSpan CheckLimit { get; init; } = TimeSpan.FromSeconds(5);

    // The generated text would tell the secret; and of an address, the authority alone has no user and no password.
    /// <summary>Names the server and the bucket, not the secret.</summary>
    public override string ToString() => $"{Endpoint.Scheme}://{Endpoint.Authority}/{Bucket}";
}
