using System.Net;
using System.Net.Sockets;
using System.Text;
using Minio;
using Minio.DataModel.Args;
using Workbench.Core.Artifacts;

namespace Workbench.Tests.Artifacts;

public sealed class S3ArtifactStoreTests : ArtifactStoreTests
{
    protected override async Task<IArtifactStore> OpenAsync()
    {
        var store = new S3ArtifactStore(await S3Fixture.SettingsAsync());
        await store.CheckAsync();
        return store;
    }

    static S3ArtifactStore At(EndPoint address, TimeSpan? limit = null)
    {
        var settings = new S3Settings(new Uri($"http://{address}"), "key", "secret", "workbench", "us-east-1");
        return new(limit is { } given ? settings with { CheckLimit = given } : settings);
    }

    [SkippableFact]
    public async Task The_bucket_is_made_once_by_however_many_start_at_the_same_time()
    {
        var settings = await S3Fixture.SettingsAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => new S3ArtifactStore(settings).CheckAsync()));
        await new S3ArtifactStore(settings).CheckAsync();
        Assert.Empty(await new S3ArtifactStore(settings).ListAsync(""));
    }

    [SkippableTheory]
    [InlineData("workbench", "wrong-secret")]
    [InlineData("stranger", "workbench-secret")]
    public async Task A_wrong_key_or_secret_is_refused_on_every_path(string accessKey, string secretKey)
    {
        var settings = await S3Fixture.SettingsAsync();
        await new S3ArtifactStore(settings).CheckAsync();
        await new S3ArtifactStore(settings).PutAsync("a", new byte[1], "text/plain");

        var stranger = new S3ArtifactStore(settings with { AccessKey = accessKey, SecretKey = secretKey });
        foreach (var attempt in new Func<Task>[]
        {
            () => stranger.CheckAsync(), () => stranger.PutAsync("a", new byte[2], "text/plain"), () => stranger.OpenReadAsync("a"),
            () => stranger.ExistsAsync("a"), () => stranger.ListAsync(""), () => stranger.DeleteAsync("a"),
        })
        {
            var failure = await Assert.ThrowsAsync<ArtifactStoreException>(attempt);
            Assert.StartsWith($"S3 at {settings} refuses access: ", failure.Message);
            Assert.EndsWith("Check Minio:AccessKey and Minio:SecretKey.", failure.Message);
            Assert.DoesNotContain(secretKey, failure.Message);
        }
        Assert.Equal(1, Assert.Single(await new S3ArtifactStore(settings).ListAsync("")).Size);
    }

    [SkippableFact]
    public async Task Keys_that_may_get_put_and_delete_objects_and_nothing_else_will_do()
    {
        var settings = await S3Fixture.SettingsAsync();
        await new S3ArtifactStore(settings).CheckAsync();
        await AllowGuestAsync(settings, "GetObject", "PutObject", "DeleteObject");
        var guest = new S3ArtifactStore(settings with { AccessKey = "guest", SecretKey = "guest-secret" });

        await guest.CheckAsync();
        await guest.CheckAsync();
        await guest.PutAsync("a", new byte[1], "text/plain");
        await using (var content = await guest.OpenReadAsync("a"))
            Assert.Equal(1, content.Length);
        await guest.DeleteAsync("a");

        Assert.False(await guest.ExistsAsync("a"));
        await Assert.ThrowsAsync<ArtifactNotFoundException>(() => guest.OpenReadAsync("a"));
    }

    [SkippableFact]
    public async Task Keys_that_may_only_read_are_refused()
    {
        var settings = await S3Fixture.SettingsAsync();
        await new S3ArtifactStore(settings).CheckAsync();
        await AllowGuestAsync(settings, "GetObject");
        var guest = new S3ArtifactStore(settings with { AccessKey = "guest", SecretKey = "guest-secret" });

        var refusal = await Assert.ThrowsAsync<ArtifactStoreException>(() => guest.CheckAsync());
        Assert.True(refusal.Message.Contains("refuses access", StringComparison.Ordinal), refusal.ToString());
    }

    [SkippableFact]
    public async Task A_region_of_AWS_does_not_keep_another_server_from_making_the_bucket()
    {
        var store = new S3ArtifactStore((await S3Fixture.SettingsAsync()) with { Region = "eu-central-1" });
        await store.CheckAsync();
        await store.PutAsync("a", new byte[1], "text/plain");
        Assert.True(await store.ExistsAsync("a"));
    }

    static async Task AllowGuestAsync(S3Settings settings, params string[] actions)
    {
        using var owner = new MinioClient();
        await owner.WithEndpoint(settings.Endpoint.Authority).WithCredentials(settings.AccessKey, settings.SecretKey).Build()
            .SetPolicyAsync(new SetPolicyArgs().WithBucket(settings.Bucket).WithPolicy(
                $$"""
                { "Version": "2012-10-17", "Statement": [{
                    "Effect": "Allow", "Principal": { "AWS": ["arn:aws:iam:::user/guest"] },
                    "Action": [{{string.Join(", ", actions.Select(action => $"\"s3:{action}\""))}}],
                    "Resource": ["arn:aws:s3:::{{settings.Bucket}}/*"] }] }
                """));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var store = At(listener.LocalEndpoint);
        var address = listener.LocalEndpoint;
        listener.Stop();
        var failure = await Assert.ThrowsAsync<ArtifactStoreException>(() => store.CheckAsync());
        Assert.Equal($"S3 at http://{address}/workbench cannot be reached: Connection refused. Check Minio:Endpoint.", failure.Message);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var store = At(silent.LocalEndpoint, limit: TimeSpan.FromMilliseconds(100));
        var failure = await Assert.ThrowsAsync<ArtifactStoreException>(() => store.CheckAsync());
        Assert.EndsWith(" does not answer.", failure.Message);
    }

    [Fact]
    public async Task A_content_that_breaks_off_is_an_error_and_not_a_shorter_content()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = BreakOffAsync(listener);
        var store = At(listener.LocalEndpoint);
        var failure = await Assert.ThrowsAsync<ArtifactStoreException>(() => store.OpenReadAsync("a"));
        Assert.Contains("/workbench", failure.Message);
        listener.Stop();
        await Record.ExceptionAsync(() => serving);
    }

    // Says 100 bytes to every question, sends ten to those who asked for them, and hangs up.
    static async Task BreakOffAsync(TcpListener listener)
    {
        while (true)
        {
            using var connection = await listener.AcceptTcpClientAsync();
            using var reader = new StreamReader(connection.GetStream());
            var request = await reader.ReadLineAsync() ?? "";
            while (await reader.ReadLineAsync() is { Length: > 0 })
            {
            }
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nETag: \"e\"\r\nConnection: close\r\n\r\n{(request.StartsWith("GET") ? "0123456789" : "")}"));
        }
    }

    [Fact]
    public async Task A_caller_who_cancels_is_told_so_and_not_that_the_store_failed()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var store = At(silent.LocalEndpoint);
        using var cancellation = new CancellationTokenSource();
        var reading = store.OpenReadAsync("a", cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }
}
