using Workbench.Core.Datasets.Formats;
using Workbench.Core.Tracking;

namespace Workbench.Core.Datasets;

/// <summary>Files that come one after the other, as an upload. They are kept in one temporary file, which is gone when this process ends.</summary>
public sealed class SpooledSource : FileSource
{
    private readonly FileStream _spool;

    /// <param name="folder">Where the temporary file is made.</param>
    /// <param name="name">What the source is called.</param>
    public SpooledSource(string folder, string name)
        : base(name) => _spool = CreateSpool(folder);

    /// <summary>Takes a file.</summary>
    /// <param name="path">Where it lies in the source.</param>
    /// <param name="content">Read to its end.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FieldException">There are too many, or its path leads out of the source.</exception>
    public async Task AddAsync(string path, Stream content, CancellationToken cancellationToken = default)
    {
        var start = _spool.Position;
        await content.CopyToAsync(_spool, cancellationToken);
        var length = _spool.Position - start;
        Add(path, length, () => new Part(_spool, start, length));
    }

    /// <summary>Makes a file that nothing is left of when this process ends, however it ends.</summary>
    /// <param name="folder">Where; it is made if it is missing.</param>
    public static FileStream CreateSpool(string folder)
    {
        Directory.CreateDirectory(folder);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose, BufferSize = 128 << 10 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        var file = new FileStream(Path.Combine(folder, $"{Guid.NewGuid():N}"), options);
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(file.Name);
        }
        return file;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _spool.Dispose();

    /// <summary>A part of the temporary file.</summary>
    private sealed class Part(FileStream spool, long start, long length) : Stream
    {
        private long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => _at;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            if (_at == 0)
            {
                spool.Flush();
            }
            var read = RandomAccess.Read(spool.SafeFileHandle, buffer[..(int)Math.Min(buffer.Length, length - _at)], start + _at);
            _at += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
            // Nothing is written.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
