using System.Net.Sockets;
using Minio;
using Minio.DataModel.Args;
using Minio.Exceptions;

namespace Workbench.Core.Artifacts;

/// <summary>Artifacts as objects in a bucket of an S3 server, such as MinIO. The bucket is made when missing.</summary>
public sealed class S3ArtifactStore(S3Settings settings) : IArtifactStore
{
    // The region is given, else the client asks the server for it on its own.
    readonly IMinioClient _client = new MinioClient()
        .WithEndpoint(settings.Endpoint.Authority)
        .WithSSL(settings.Endpoint.Scheme == Uri.UriSchemeHttps)
        .WithCredentials(settings.AccessKey, settings.SecretKey)
        .WithRegion(settings.Region)
        .Build();

    /// <inheritdoc/>
    public string Description => $"S3 at {settings}";

    /// <inheritdoc/>
    public async Task PutAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken = default)
    {
        ArtifactKey.Validate(key);
        // A stream of unknown length would cost the client half a gigabyte of buffer; this one's is known.
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        await AskAsync(key, () => _client.PutObjectAsync(new PutObjectArgs().WithBucket(settings.Bucket).WithObject(key)
            .WithStreamData(stream).WithObjectSize(content.Length).WithContentType(contentType), cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>The content is read into memory first: the client lends the response only for as long as a callback runs.</remarks>
    public async Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default)
    {
        ArtifactKey.Validate(key);
        var content = new MemoryStream();
        // A response that breaks off is an error, by its length; the size that the client returns is that of an earlier request, between
        // which and this one the content may have been replaced.
        await AskAsync(key, () => _client.GetObjectAsync(new GetObjectArgs().WithBucket(settings.Bucket).WithObject(key)
            .WithCallbackStream((response, stop) => response.CopyToAsync(content, stop)), cancellationToken), cancellationToken);
        content.Position = 0;
        return content;
    }

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(string key, CancellationToken cancellationToken = default)
    {
        ArtifactKey.Validate(key);
        try
        {
            var asked = new StatObjectArgs().WithBucket(settings.Bucket).WithObject(key);
            await AskAsync(key, () => _client.StatObjectAsync(asked, cancellationToken), cancellationToken);
            return true;
        }
        catch (ArtifactNotFoundException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ArtifactInfo>> ListAsync(string prefix, CancellationToken cancellationToken = default) =>
        ListBeneathAsync(ArtifactKey.Beneath(prefix), cancellationToken);

    Task<IReadOnlyList<ArtifactInfo>> ListBeneathAsync(string start, CancellationToken cancellationToken) => AskAsync(start, async () =>
    {
        var artifacts = new List<ArtifactInfo>();
        await foreach (var item in _client.ListObjectsEnumAsync(
            new ListObjectsArgs().WithBucket(settings.Bucket).WithPrefix(start).WithRecursive(true), cancellationToken))
            artifacts.Add(new ArtifactInfo(item.Key, (long)item.Size, item.LastModifiedDateTime ?? default));
        return (IReadOnlyList<ArtifactInfo>)[.. artifacts.OrderBy(artifact => artifact.Key, StringComparer.Ordinal)];
    }, cancellationToken);

    /// <inheritdoc/>
    public async Task DeletePrefixAsync(string prefix, CancellationToken cancellationToken = default)
    {
        foreach (var artifact in await ListBeneathAsync(ArtifactKey.BeneathOnly(prefix), cancellationToken))
            await AskAsync(artifact.Key, async () =>
            {
                await _client.RemoveObjectAsync(
                    new RemoveObjectArgs().WithBucket(settings.Bucket).WithObject(artifact.Key), cancellationToken);
                return true;
            }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task CheckAsync(CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.CheckLimit);
        await AskAsync("", async () =>
        {
            if (await BucketExistsAsync(limit.Token))
                return true;
            try
            {
                await _client.MakeBucketAsync(new MakeBucketArgs().WithBucket(settings.Bucket).WithLocation(settings.Region), limit.Token);
            }
            catch (MinioException) when (!limit.IsCancellationRequested)
            {
                // Another worker may have made it meanwhile.
                if (!await BucketExistsAsync(limit.Token))
                    throw;
            }
            return true;
        }, cancellationToken);
    }

    Task<bool> BucketExistsAsync(CancellationToken cancellationToken) =>
        _client.BucketExistsAsync(new BucketExistsArgs().WithBucket(settings.Bucket), cancellationToken);

    // The client throws what it has: its own exceptions, HttpClient's, and bare ones. All mean that the store failed us.
    async Task<T> AskAsync<T>(string key, Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (ObjectNotFoundException)
        {
            throw new ArtifactNotFoundException(key);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ArtifactStoreException(Explain(e), e);
        }
    }

    string Explain(Exception e) => e switch
    {
        AuthorizationException or AccessDeniedException or ForbiddenException =>
            $"{Description} refuses access: {e.Message} Check Minio:AccessKey and Minio:SecretKey.",
        OperationCanceledException => $"{Description} does not answer.",
        HttpRequestException { InnerException: SocketException inner } =>
            $"{Description} cannot be reached: {inner.Message}. Check Minio:Endpoint.",
        HttpRequestException => $"{Description} cannot be reached: {e.Message} Check Minio:Endpoint and Minio:Secure.",
        _ => $"{Description} failed: {e.Message}",
    };
}
