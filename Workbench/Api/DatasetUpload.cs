using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Workbench.Core.Datasets;
using Workbench.Core.Platform;
using Workbench.Core.Tracking;

namespace Workbench.Api;

/// <summary>A multipart form with a dataset: its <c>name</c>, and <c>file</c>, once or often. It goes to disk as it comes, and never into memory.</summary>
/// <param name="Name">The dataset's name.</param>
/// <param name="Files">The files; to be disposed of.</param>
/// <param name="Sha256">SHA-256 of all that was sent.</param>
internal sealed record DatasetUpload(string? Name, FileSource Files, string Sha256) : IDisposable
{
    private const int MostUnpacked = 4;
    private const int MostNameBytes = 1024;

    private const string Example = "Send the pictures as: curl -F name=flowers -F \"file=@flowers.zip\" …/api/datasets";

    public void Dispose() => Files.Dispose();

    /// <exception cref="FieldException">It is no such form.</exception>
    public static async Task<DatasetUpload> ReadAsync(HttpRequest request, DatasetOptions options, DataDirectory data, CancellationToken ct)
    {
        var most = (long)options.MostUpload << 20;
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = most;
        }
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= 200 } boundary)
        {
            throw new FieldException("file", $"The request is no multipart form. {Example}");
        }
        try
        {
            return await ReadAsync(new MultipartReader(boundary.ToString(), request.Body), data.Uploads, most * MostUnpacked, ct);
        }
        catch (Exception exception) when (exception is InvalidDataException || (exception is IOException and not BadHttpRequestException))
        {
            throw new FieldException("file", $"The form breaks off, or is none. {Example}");
        }
    }

    private static async Task<DatasetUpload> ReadAsync(MultipartReader reader, string folder, long mostUnpacked, CancellationToken ct)
    {
        string? name = null;
        FileStream? zip = null;
        SpooledSource? files = null;
        var zipName = "";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            while (await reader.ReadNextSectionAsync(ct) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                {
                    continue;
                }
                var fileName = (disposition.FileNameStar.HasValue ? disposition.FileNameStar : HeaderUtilities.RemoveQuotes(disposition.FileName)).ToString();
                await using var content = new HashedStream(section.Body, hash);
                switch (HeaderUtilities.RemoveQuotes(disposition.Name).ToString())
                {
                    case "name":
                        name = await ReadTextAsync(content, ct);
                        break;
                    // The form's own escapes of a quote and of line ends.
                    case "file" when IsZip(fileName) && zip is null && files is null:
                        (zip, zipName) = (SpooledSource.CreateSpool(folder), Path.GetFileName(fileName));
                        await content.CopyToAsync(zip, ct);
                        break;
                    case "file" when IsZip(fileName) || zip is not null:
                        throw new FieldException("file", "A zip file is sent alone. Send one zip file, or the pictures themselves.");
                    case "file":
                        files ??= new SpooledSource(folder, "an upload");
                        await files.AddAsync(fileName.Replace("%22", "\"", StringComparison.Ordinal), content, ct);
                        break;
                }
            }
            FileSource source = zip is not null ? new ZipSource(zip, zipName, mostUnpacked)
                : files ?? throw new FieldException("file", $"The form has no file. {Example}");
            (zip, files) = (null, null);
            return new DatasetUpload(name, source, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            zip?.Dispose();
            files?.Dispose();
        }
    }

    private static bool IsZip(string name) => name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    private static async Task<string> ReadTextAsync(Stream content, CancellationToken ct)
    {
        var buffer = new byte[MostNameBytes];
        var read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return read < buffer.Length ? Encoding.UTF8.GetString(buffer, 0, read) : throw new FieldException("name", $"The name has more than {MostNameBytes} bytes.");
    }

    /// <summary>What is read of it goes into a hash. It does not own what it reads from.</summary>
    private sealed class HashedStream(Stream inner, IncrementalHash hash) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            hash.AppendData(buffer.Span[..read]);
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
            // Nothing is written.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
