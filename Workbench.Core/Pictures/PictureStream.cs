using SkiaSharp;

namespace Workbench.Core.Pictures;

/// <summary>
/// A file as Skia's decoders read it. A damaged one may tell them to read gigabytes, or far outside of it: then they get what there is, as
/// from memory. An exception would end the process, since it can't pass through native code.
/// </summary>
internal sealed class PictureStream : SKManagedStream
{
    private readonly Stream _file;

    /// <param name="file">Can seek; is disposed of with this stream.</param>
    public PictureStream(Stream file)
        : base(file, disposeManagedStream: true) => _file = file;

    /// <inheritdoc/>
    protected override IntPtr OnRead(IntPtr buffer, IntPtr size) => base.OnRead(buffer, Available(size));

    /// <inheritdoc/>
    protected override IntPtr OnPeek(IntPtr buffer, IntPtr size) => base.OnPeek(buffer, Available(size));

    /// <inheritdoc/>
    protected override bool OnSeek(IntPtr position)
    {
        _file.Position = (long)Math.Min((ulong)position, (ulong)_file.Length);
        return true;
    }

    /// <inheritdoc/>
    protected override bool OnMove(int offset)
    {
        _file.Position = Math.Clamp(_file.Position + offset, 0, _file.Length);
        return true;
    }

    // None of the decoders needs a second one.
    /// <inheritdoc/>
    protected override IntPtr OnDuplicate() => IntPtr.Zero;

    /// <inheritdoc/>
    protected override IntPtr OnFork() => IntPtr.Zero;

    private IntPtr Available(IntPtr size) => (IntPtr)Math.Min((ulong)size, (ulong)(_file.Length - _file.Position));
}
