using System.IO.Compression;
using Workbench.Core.Datasets;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Datasets;

public sealed class FileSourceTests : IDisposable
{
    private const long Most = 1L << 30;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_programs_leave_behind_is_ignored()
    {
        using var zip = Open(new() { ["a/1.png"] = [1], ["__MACOSX/a/._1.png"] = [1], ["a/.DS_Store"] = [1], ["a/Thumbs.db"] = [1], ["a/desktop.ini"] = [1], [".git/x"] = [1] });

        Assert.Equal(["a/1.png"], zip.Files.Select(file => file.Path));
        Assert.Empty(zip.Refused);
    }

    [Theory]
    [InlineData("../out.png")]
    [InlineData("a/../../out.png")]
    [InlineData("/etc/out.png")]
    [InlineData(@"..\out.png")]
    [InlineData("C:/out.png")]
    public async Task A_path_that_leads_out_is_refused(string path)
    {
        Assert.Contains(path.Replace('\\', '/'), Assert.Throws<FieldException>(() => Open(new() { ["a/1.png"] = [1], [path] = [1] })).Message);
        using var upload = new SpooledSource(_folder.Path, "an upload");
        await Assert.ThrowsAsync<FieldException>(() => upload.AddAsync(path, Stream.Null));
    }

    [Fact]
    public void A_bomb_is_not_opened()
    {
        var bomb = SmallPictures.Zip([new("a/1.png", new byte[100 << 20])]);

        Assert.Contains("times its size", Assert.Throws<FieldException>(() => new ZipSource(new MemoryStream(bomb), "bomb.zip", Most)).Message);
        Assert.Contains("are the most", Assert.Throws<FieldException>(() => Open(new() { ["a/1.png"] = new byte[5000] }, most: 4000)).Message);
    }

    [Fact]
    public void More_entries_than_are_taken_are_counted_before_they_are_read()
    {
        var zip = SmallPictures.Zip([new("a/1.png", [1])]);
        // The end of the directory says how many there are; 65,535 means that the large end says it.
        var end = zip.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        zip.AsSpan(end + 8, 4).Fill(0xff);
        byte[] large = [.. "PK\u0006\u0006"u8, .. new byte[28], .. BitConverter.GetBytes(300_000L), .. new byte[16], .. "PK\u0006\u0007"u8, 0, 0, 0, 0, .. BitConverter.GetBytes((long)end), 1, 0, 0, 0];

        var refused = Assert.Throws<FieldException>(() => new ZipSource(new MemoryStream([.. zip[..end], .. large, .. zip[end..]]), "many.zip", Most));

        Assert.Contains("300,000 entries; 250,000 are the most", refused.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is no zip file")]
    public void What_is_no_zip_file_is_told_so(string content) =>
        Assert.Contains("no zip file", Assert.Throws<FieldException>(() => new ZipSource(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)), "x.zip", Most)).Message);

    [Fact]
    public void Links_are_not_followed()
    {
        using var content = new MemoryStream();
        using (var archive = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            var link = archive.CreateEntry("a/link.png");
            link.ExternalAttributes = unchecked((int)0xA1FF0000);
            using var target = link.Open();
            target.Write("/etc/passwd"u8);
        }
        using var zip = new ZipSource(content, "x.zip", Most);
        Directory.CreateDirectory(_folder["set", "a"]);
        File.WriteAllBytes(_folder["set", "a", "1.png"], [1]);
        File.CreateSymbolicLink(_folder["set", "a", "2.png"], _folder["set", "a", "1.png"]);
        Directory.CreateSymbolicLink(_folder["set", "b"], _folder.Path);
        using var folder = new FolderSource(_folder["set"]);

        Assert.Empty(zip.Files);
        Assert.Equal([("a/link.png", "It is a link, which is not followed.")], zip.Refused);
        Assert.Equal(["a/1.png"], folder.Files.Select(file => file.Path));
        Assert.Equal(["a/2.png", "b"], folder.Refused.Select(file => file.Path));
    }

    [Fact]
    public async Task What_is_uploaded_is_read_back_in_any_order()
    {
        using var upload = new SpooledSource(_folder.Path, "an upload");
        await upload.AddAsync("a/1.png", new MemoryStream([1, 2, 3]));
        await upload.AddAsync("b/2.png", new MemoryStream([4, 5]));

        Assert.Equal([4, 5], upload.Files[1].ReadAll(10));
        Assert.Equal([1, 2, 3], upload.Files[0].ReadAll(10));
        Assert.Throws<DatasetException>(() => upload.Files[0].ReadAll(2));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }

    private static ZipSource Open(Dictionary<string, byte[]> files, long most = Most) => new(new MemoryStream(SmallPictures.Zip(files)), "x.zip", most);
}
