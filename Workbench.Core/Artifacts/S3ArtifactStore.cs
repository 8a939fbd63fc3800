using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Minio;
using Minio.DataModel.Args;
using Minio.Exceptions;

namespace Workbench.Core.Artifacts;

/// <summary>Artifacts as objects in a bucket of an S3 server, such as MinIO. The bucket is made when missing.</summary>
public sealed partial class S3ArtifactStore(S3Settings settings) : IArtifactStore
{
    const string ProbeKey = "workbench-probe";
    const string AnyRegion = "us-east-1";
    const long MostInMemory = 4 << 20;

    // The server's clock may be wrong by hours.
    static readonly TimeSpan SignedFor = TimeSpan.FromDays(1);
    static readonly HttpClient Http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) });

    // Whether the keys are good for objects only, as was found out by a check.
    volatile bool _objectsOnly;

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
    public Uri Locate(string key) => new($"s3://{settings.Bucket}/{Uri.EscapeDataString(key).Replace("%2F", "/", StringComparison.Ordinal)}");

    /// <inheritdoc/>
    public async Task PutAsync(string key, Stream content, long length, string contentType, CancellationToken cancellationToken = default)
    {
        ArtifactKey.Validate(key);
        await using var exact = new ExactStream(content, length);
        // A stream of unknown length would cost the client half a gigabyte of buffer; this one's is known.
        await AskAsync(() => _client.PutObjectAsync(new PutObjectArgs().WithBucket(settings.Bucket).WithObject(key)
            .WithStreamData(exact).WithObjectSize(length).WithContentType(contentType), cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>The content is read first, into memory or, where it is large, into a temporary file.</remarks>
    public async Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default)
    {
        ArtifactKey.Validate(key);
        return await AskAsync(async () =>
        {
            using var response = await GetAsync(key, cancellationToken);
            Stream content = response.Content.Headers.ContentLength <= MostInMemory ? new MemoryStream() : CreateTemporaryFile();
            try
            {
                // One that breaks off is an error, by its length.
                await response.Content.CopyToAsync(content, cancellationToken);
                content.Position = 0;
                return content;
            }
            catch
            {
                await content.DisposeAsync();
                throw;
            }
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<(Stream Content, long Length)> OpenStreamAsync(string key, CancellationToken cancellationToken = default)
    {
        ArtifactKey.Validate(key);
        return await AskAsync(async () =>
        {
            var response = await GetAsync(key, cancellationToken);
            // What reads it to the end or gives it up frees the connection: nothing else of the response needs it.
            return (await response.Content.ReadAsStreamAsync(cancellationToken), response.Content.Headers.ContentLength ?? throw new MinioException("no length given."));
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<FolderEntry>> ListFolderAsync(string prefix, CancellationToken cancellationToken = default)
    {
        var start = ArtifactKey.Beneath(prefix);
        return AskAsync(async () =>
        {
            var entries = new List<FolderEntry>();
            await foreach (var item in _client.ListObjectsEnumAsync(
                new ListObjectsArgs().WithBucket(settings.Bucket).WithPrefix(start).WithRecursive(false), cancellationToken))
                entries.Add(new FolderEntry(item.Key[start.Length..].TrimEnd('/'), item.IsDir ? null : (long)item.Size));
            return (IReadOnlyList<FolderEntry>)[.. entries.OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }, cancellationToken);
    }

    static FileStream CreateTemporaryFile()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(Path.Combine(Path.GetTempPath(), $"workbench-{Guid.NewGuid():N}"), options);
        // Nothing is left of it then, however this process ends.
        if (!OperatingSystem.IsWindows())
            File.Delete(file.Name);
        return file;
    }

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(string key, CancellationToken cancellationToken = default)
    {
        ArtifactKey.Validate(key);
        try
        {
            using var response = await AskAsync(() => GetAsync(key, cancellationToken), cancellationToken);
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

    Task<IReadOnlyList<ArtifactInfo>> ListBeneathAsync(string start, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        var artifacts = new List<ArtifactInfo>();
        await foreach (var item in _client.ListObjectsEnumAsync(
            new ListObjectsArgs().WithBucket(settings.Bucket).WithPrefix(start).WithRecursive(true), cancellationToken))
            artifacts.Add(new ArtifactInfo(item.Key, (long)item.Size, item.LastModifiedDateTime ?? default));
        return (IReadOnlyList<ArtifactInfo>)[.. artifacts.OrderBy(artifact => artifact.Key, StringComparer.Ordinal)];
    }, cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        ArtifactKey.Validate(key);
        return AskAsync(async () =>
        {
            await _client.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(settings.Bucket).WithObject(key), cancellationToken);
            return true;
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task CheckAsync(CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.CheckLimit);
        await AskAsync(async () =>
        {
            if (!await IsUsableAsync(limit.Token))
                await MakeBucketAsync(limit.Token);
            return true;
        }, cancellationToken);
    }

    // Keys may be good for the objects in a bucket and not for the bucket: then it is an object that is asked for, or written.
    async Task<bool> IsUsableAsync(CancellationToken cancellationToken)
    {
        if (!_objectsOnly)
        {
            try
            {
                return await BucketExistsAsync(cancellationToken);
            }
            catch (MinioException e) when (IsRefusal(e))
            {
            }
        }
        if (!_objectsOnly || !await HasProbeAsync(cancellationToken))
        {
            using var probe = new MemoryStream("Written to see whether that is allowed.\n"u8.ToArray());
            await _client.PutObjectAsync(new PutObjectArgs().WithBucket(settings.Bucket).WithObject(ProbeKey)
                .WithStreamData(probe).WithObjectSize(probe.Length).WithContentType("text/plain"), cancellationToken);
            _objectsOnly = true;
        }
        return true;
    }

    async Task<bool> HasProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await GetAsync(ProbeKey, cancellationToken);
            return true;
        }
        catch (ArtifactNotFoundException)
        {
            return false;
        }
    }

    // Not by the client, which asks for the bucket and for the object's size first: two more answers to wait for, and the bucket may be
    // forbidden to these keys.
    async Task<HttpResponseMessage> GetAsync(string key, CancellationToken cancellationToken)
    {
        var address = await _client.PresignedGetObjectAsync(
            new PresignedGetObjectArgs().WithBucket(settings.Bucket).WithObject(key).WithExpiry((int)SignedFor.TotalSeconds));
        var response = await Http.GetAsync(new Uri(address), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            var error = await response.Content.ReadAsStringAsync(cancellationToken);
            throw response.StatusCode switch
            {
                // To keys that may not list a bucket S3 says of what is not there that it is forbidden.
                HttpStatusCode.Forbidden when _objectsOnly && error.Contains("AccessDenied", StringComparison.Ordinal) => new ArtifactNotFoundException(key),
                HttpStatusCode.Forbidden => new AccessDeniedException($"{ErrorCode().Match(error).Groups[1]} for {key}."),
                HttpStatusCode.NotFound when !error.Contains("NoSuchBucket", StringComparison.Ordinal) => new ArtifactNotFoundException(key),
                _ => new MinioException($"{(int)response.StatusCode} {ErrorCode().Match(error).Groups[1]} for {key}."),
            };
        }
    }

    [GeneratedRegex("<Code>(.*?)</Code>")]
    private static partial Regex ErrorCode();

    async Task MakeBucketAsync(CancellationToken cancellationToken)
    {
        var bucket = new MakeBucketArgs().WithBucket(settings.Bucket);
        try
        {
            await _client.MakeBucketAsync(bucket.WithLocation(settings.Region), cancellationToken);
        }
        catch (MinioException e) when (!cancellationToken.IsCancellationRequested)
        {
            // Another worker may have made it meanwhile.
            if (await BucketExistsAsync(cancellationToken))
                return;
            // Others than AWS call their places by names of their own, and refuse those of AWS's regions. Its default means: no wish.
            if (e.Response?.Code != "InvalidLocationConstraint" || IsAmazon)
                throw;
            await _client.MakeBucketAsync(bucket.WithLocation(AnyRegion), cancellationToken);
        }
    }

    bool IsAmazon => settings.Endpoint.Host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase);

    static bool IsRefusal(Exception e) =>
        e is AuthorizationException or AccessDeniedException or ForbiddenException or MinioException { Response.Code: "AccessDenied" };

    Task<bool> BucketExistsAsync(CancellationToken cancellationToken) =>
        _client.BucketExistsAsync(new BucketExistsArgs().WithBucket(settings.Bucket), cancellationToken);

    // The client throws what it has: its own exceptions, HttpClient's, and bare ones. All mean that the store failed us.
    async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is not ArtifactNotFoundException && !cancellationToken.IsCancellationRequested)
        {
            throw new ArtifactStoreException(Explain(e), e);
        }
    }

    string Explain(Exception e) => e switch
    {
        _ when IsRefusal(e) =>
            $"{Description} refuses access: {e.Message} Check Minio:AccessKey and Minio:SecretKey.",
        // What the client throws where the server gives a code alone.
        ArgumentNullException { ParamName: "message" } =>
            $"{Description} refuses access and does not say why. Check Minio:AccessKey and Minio:SecretKey, and what they may do.",
        OperationCanceledException => $"{Description} does not answer.",
        HttpRequestException { InnerException: SocketException inner } =>
            $"{Description} cannot be reached: {inner.Message}. Check Minio:Endpoint.",
        HttpRequestException => $"{Description} cannot be reached: {e.Message} Check Minio:Endpoint and Minio:Secure.",
        _ => $"{Description} failed: {e.Message}",
    };
}
