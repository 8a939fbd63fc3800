using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Workbench.Core.Artifacts;

namespace Workbench.Tests.Artifacts;

/// <summary>What both stores promise.</summary>
public abstract class ArtifactStoreTests
{
    protected abstract Task<IArtifactStore> OpenAsync();

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    static async Task<byte[]> ReadAsync(IArtifactStore store, string key)
    {
        await using var stream = await store.OpenReadAsync(key);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    [SkippableFact]
    public async Task What_was_put_is_read_back()
    {
        var store = await OpenAsync();
        await store.PutAsync("models/mnist/1/manifest.json", Bytes("{}"), "application/json");
        Assert.Equal(Bytes("{}"), await ReadAsync(store, "models/mnist/1/manifest.json"));
        Assert.True(await store.ExistsAsync("models/mnist/1/manifest.json"));
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(5 * 1024 * 1024 - 1)]
    [InlineData(5 * 1024 * 1024)] // from here on the S3 client sends parts
    [InlineData(12_345_678)]
    public async Task Any_size_is_kept_to_the_last_byte(int size)
    {
        var store = await OpenAsync();
        var content = RandomNumberGenerator.GetBytes(size);
        await store.PutAsync("large", content, "application/octet-stream");
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await ReadAsync(store, "large")));
        Assert.Equal(size, Assert.Single(await store.ListAsync("")).Size);
    }

    [SkippableFact]
    public async Task A_content_may_come_from_a_stream_that_cannot_be_sought_in()
    {
        var store = await OpenAsync();
        var content = RandomNumberGenerator.GetBytes(6_000_000);
        await using var stream = new BrotliStream(new MemoryStream(Compressed(content)), CompressionMode.Decompress);

        await store.PutAsync("large", stream, content.Length, "application/octet-stream");

        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await ReadAsync(store, "large")));
    }

    [SkippableTheory]
    [InlineData(1_000)]
    [InlineData(6_000_000)]
    public async Task One_that_is_shorter_than_was_said_is_refused_and_changes_nothing(int size)
    {
        var store = await OpenAsync();
        await store.PutAsync("a", Bytes("before"), "text/plain");

        await Assert.ThrowsAsync<ArtifactStoreException>(() => store.PutAsync("a", new MemoryStream(new byte[size]), size + 1, "text/plain"));

        Assert.Equal(Bytes("before"), await ReadAsync(store, "a"));
    }

    static byte[] Compressed(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var stream = new BrotliStream(compressed, CompressionLevel.Fastest))
            stream.Write(content);
        return compressed.ToArray();
    }

    [SkippableFact]
    public async Task A_second_put_replaces_the_first()
    {
        var store = await OpenAsync();
        await store.PutAsync("a", Bytes("the first and longer one"), "text/plain");
        await store.PutAsync("a", Bytes("second"), "text/plain");
        Assert.Equal(Bytes("second"), await ReadAsync(store, "a"));
    }

    [SkippableFact]
    public async Task What_is_not_there_is_said_so()
    {
        var store = await OpenAsync();
        await store.PutAsync("models/a", Bytes("a"), "text/plain");
        Assert.False(await store.ExistsAsync("models/b"));
        Assert.False(await store.ExistsAsync("models"));
        Assert.Equal("models/b", (await Assert.ThrowsAsync<ArtifactNotFoundException>(() => store.OpenReadAsync("models/b"))).Key);
        await Assert.ThrowsAsync<ArtifactNotFoundException>(() => store.OpenReadAsync("models"));
        Assert.Empty(await store.ListAsync("runs"));
    }

    [SkippableFact]
    public async Task A_prefix_covers_whole_segments_only()
    {
        var store = await OpenAsync();
        foreach (var key in new[] { "m/a/2", "m/a/1", "m/ab/1", "n" })
            await store.PutAsync(key, Bytes(key), "text/plain");
        Assert.Equal(["m/a/1", "m/a/2"], (await store.ListAsync("m/a")).Select(artifact => artifact.Key));
        Assert.Equal(["m/a/1", "m/a/2", "m/ab/1"], (await store.ListAsync("m/")).Select(artifact => artifact.Key));
        Assert.Equal(["m/a/1", "m/a/2", "m/ab/1", "n"], (await store.ListAsync("")).Select(artifact => artifact.Key));

        await store.DeleteAsync("m/a/1");
        await store.DeleteAsync("m/a");
        await store.DeleteAsync("nothing/there");
        Assert.Equal(["m/a/2", "m/ab/1", "n"], (await store.ListAsync("")).Select(artifact => artifact.Key));
    }

    [SkippableFact]
    public async Task Names_of_studies_are_kept_as_people_write_them()
    {
        var store = await OpenAsync();
        string[] keys = ["m/100% + more/1", "m/Größe = 5 & 6 (neu)/1", "m/a+b/1", "m/a%20b/1", "m/数字/1", "m/what?#x;y:z'\"!*@$,/1"];
        foreach (var key in keys)
            await store.PutAsync(key, Bytes(key), "text/plain");
        foreach (var key in keys)
            Assert.Equal(key, Encoding.UTF8.GetString(await ReadAsync(store, key)));
        Assert.Equal(keys.Order(StringComparer.Ordinal), (await store.ListAsync("m")).Select(artifact => artifact.Key));
        foreach (var key in keys)
            await store.DeleteAsync(key);
        Assert.Empty(await store.ListAsync(""));
    }

    [SkippableFact]
    public async Task A_list_is_complete_however_long()
    {
        var store = await OpenAsync();
        var keys = Enumerable.Range(0, 1050).Select(number => $"many/{number:0000}").ToList();
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (key, ct) => await store.PutAsync(key, Bytes(key), "text/plain", ct));
        Assert.Equal(keys, (await store.ListAsync("many")).Select(artifact => artifact.Key));
    }

    [SkippableFact]
    public async Task Readers_see_one_content_or_the_other_never_a_part()
    {
        var store = await OpenAsync();
        byte[][] contents = [.. Enumerable.Range(1, 4).Select(value => Enumerable.Repeat((byte)value, 300_000 * value).ToArray())];
        await store.PutAsync("contested", contents[0], "text/plain");
        var writing = Parallel.ForEachAsync(Enumerable.Range(0, 40), new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (round, ct) => await store.PutAsync("contested", contents[round % 4], "text/plain", ct));
        do
        {
            var seen = await ReadAsync(store, "contested");
            Assert.Equal(300_000 * seen[0], seen.Length);
            Assert.All(seen.Distinct(), value => Assert.Equal(seen[0], value));
        }
        while (!writing.IsCompleted);
        await writing;
    }

    [SkippableFact]
    public async Task A_folder_tells_what_lies_right_in_it_and_a_content_is_passed_on_as_it_comes()
    {
        var store = await OpenAsync();
        foreach (var key in new[] { "r/.hidden", "r/a.txt", "r/deep/b/c", "r/deep/d", "r2/x" })
            await store.PutAsync(key, Bytes(key), "text/plain");
        Assert.Equal([new(".hidden", 9), new("a.txt", 7), new("deep", null)], await store.ListFolderAsync("r"));
        Assert.Equal([new("b", null), new("d", 8)], await store.ListFolderAsync("r/deep"));
        Assert.Equal([new("r", null), new("r2", null)], await store.ListFolderAsync(""));
        Assert.Empty(await store.ListFolderAsync("r/a.txt"));
        Assert.Empty(await store.ListFolderAsync("none"));

        var (content, length) = await store.OpenStreamAsync("r/a.txt");
        await using (content)
        {
            using var copy = new MemoryStream();
            await content.CopyToAsync(copy);
            Assert.Equal((7, "r/a.txt"), (length, Encoding.UTF8.GetString(copy.ToArray())));
        }
        await Assert.ThrowsAsync<ArtifactNotFoundException>(() => store.OpenStreamAsync("r/none"));
    }

    [SkippableFact]
    public async Task A_key_that_could_lead_out_of_the_store_is_refused()
    {
        var store = await OpenAsync();
        string[] bad = ["", "/etc/passwd", "a/../../etc/passwd", "..", "a/./b", "a//b", "a/", ".hidden", "a\\b", "a\0b", "a\nb", new('x', 1025)];
        foreach (var key in bad)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => store.PutAsync(key, Bytes("x"), "text/plain"));
            await Assert.ThrowsAsync<ArgumentException>(() => store.OpenReadAsync(key));
            await Assert.ThrowsAsync<ArgumentException>(() => store.ExistsAsync(key));
            await Assert.ThrowsAsync<ArgumentException>(() => store.DeleteAsync(key));
            if (key is not ("" or "a/")) // as prefixes these are good
                await Assert.ThrowsAsync<ArgumentException>(() => store.ListAsync(key));
        }
    }
}
