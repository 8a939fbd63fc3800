using System.Buffers.Binary;
using System.IO.Hashing;
using SkiaSharp;

namespace Workbench.Core.Datasets;

/// <summary>What stands in a PNG before its pixels and Skia does not tell.</summary>
/// <param name="IsInterlaced">Whether the rows come in seven passes.</param>
/// <param name="Origin">The orientation in the chunk <c>eXIf</c>, as browsers honour it.</param>
internal sealed record PngHeader(bool IsInterlaced, SKEncodedOrigin Origin)
{
    // No program writes as many; a file of nothing but empty chunks has a million.
    private const int MostChunks = 1000;
    private const int LargestExif = 1 << 20;
    private const ushort OrientationTag = 0x0112;
    private const ushort Short = 3;

    private static ReadOnlySpan<byte> Signature => [137, 80, 78, 71, 13, 10, 26, 10];

    /// <summary>Reads on to the pixels. Null when this is no PNG.</summary>
    public static PngHeader? Read(Stream file)
    {
        // Signature, length and name of the first chunk, which is IHDR, what that holds, at the end whether it is interlaced, and its checksum.
        Span<byte> start = stackalloc byte[33];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.StartsWith(Signature))
        {
            return null;
        }
        return new PngHeader(start[28] != 0, FindExif(file) is { } exif ? OrientationIn(exif) : SKEncodedOrigin.TopLeft);
    }

    private static byte[]? FindExif(Stream file)
    {
        Span<byte> head = stackalloc byte[8];
        for (var chunk = 0; chunk < MostChunks && file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length; chunk++)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (head[4..].SequenceEqual("IDAT"u8) || length > file.Length - file.Position - sizeof(uint))
            {
                return null;
            }
            if (head[4..].SequenceEqual("eXIf"u8) && length <= LargestExif)
            {
                return ReadChecked(file, head[4..], (int)length);
            }
            file.Seek(length + sizeof(uint), SeekOrigin.Current);
        }
        return null;
    }

    /// <summary>The content of a chunk; null when it is damaged.</summary>
    private static byte[]? ReadChecked(Stream file, ReadOnlySpan<byte> name, int length)
    {
        var content = new byte[length];
        Span<byte> expected = stackalloc byte[sizeof(uint)];
        if (file.ReadAtLeast(content, length, throwOnEndOfStream: false) < length
            || file.ReadAtLeast(expected, expected.Length, throwOnEndOfStream: false) < expected.Length)
        {
            return null;
        }
        var checksum = new Crc32();
        checksum.Append(name);
        checksum.Append(content);
        return checksum.GetCurrentHashAsUInt32() == BinaryPrimitives.ReadUInt32BigEndian(expected) ? content : null;
    }

    /// <summary>EXIF is a TIFF file: a byte order, and where a directory of tags lies.</summary>
    private static SKEncodedOrigin OrientationIn(ReadOnlySpan<byte> exif)
    {
        const int entry = 12;
        var bigEndian = exif.StartsWith("MM\0*"u8);
        if (exif.Length < 8 || !bigEndian && !exif.StartsWith("II*\0"u8))
        {
            return SKEncodedOrigin.TopLeft;
        }
        var directory = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(exif[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(exif[4..]);
        if (directory > exif.Length - sizeof(ushort))
        {
            return SKEncodedOrigin.TopLeft;
        }
        var tags = exif[(int)directory..];
        var count = UInt16(tags);
        for (tags = tags[sizeof(ushort)..]; count > 0 && tags.Length >= entry; count--, tags = tags[entry..])
        {
            if (UInt16(tags) == OrientationTag && UInt16(tags[2..]) == Short && UInt16(tags[8..]) is >= 1 and <= 8 and var origin)
            {
                return (SKEncodedOrigin)origin;
            }
        }
        return SKEncodedOrigin.TopLeft;

        ushort UInt16(ReadOnlySpan<byte> at) => bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);
    }
}
