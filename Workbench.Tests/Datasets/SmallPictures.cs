using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using SkiaSharp;
using Workbench.Tests.Serving;

namespace Workbench.Tests.Datasets;

/// <summary>Small pictures, and archives of them.</summary>
internal static class SmallPictures
{
    /// <summary>A picture of one colour, different for each number.</summary>
    public static byte[] Png(int number, int width = 12, int height = 8)
    {
        using var bitmap = Pictures.Drawn(width, height, new SKColor((byte)(number * 37), (byte)(number * 11 + 40), (byte)(number >> 3)), _ => { });
        return bitmap.Png();
    }

    /// <summary>A PNG of one pixel, of any depth and colour type.</summary>
    /// <param name="depth">Bits of a channel.</param>
    /// <param name="type">2 for RGB, 3 for a palette.</param>
    /// <param name="pixel">What is stored of the pixel.</param>
    /// <param name="palette">The palette.</param>
    public static byte[] RawPng(byte depth, byte type, byte[] pixel, byte[] palette)
    {
        using var row = new MemoryStream();
        using (var zlib = new ZLibStream(row, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write([0, .. pixel]);
        }
        return
        [
            137, 80, 78, 71, 13, 10, 26, 10, .. Chunk("IHDR"u8, [0, 0, 0, 1, 0, 0, 0, 1, depth, type, 0, 0, 0]), .. palette.Length > 0 ? Chunk("PLTE"u8, palette) : [],
            .. Chunk("IDAT"u8, row.ToArray()), .. Chunk("IEND"u8, []),
        ];

        static byte[] Chunk(ReadOnlySpan<byte> name, byte[] content)
        {
            var chunk = new byte[12 + content.Length];
            BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
            name.CopyTo(chunk.AsSpan(4));
            content.CopyTo(chunk.AsSpan(8));
            BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + content.Length), Crc32.HashToUInt32(chunk.AsSpan(4, 4 + content.Length)));
            return chunk;
        }
    }

    /// <summary>Pictures under paths such as <c>daisy/0.png</c>, all different.</summary>
    /// <param name="folders">Where.</param>
    /// <param name="each">How many in each folder.</param>
    public static Dictionary<string, byte[]> In(string[] folders, int each = 5) => folders.Index()
        .SelectMany(folder => Enumerable.Range(0, each).Select(i => (Path: $"{folder.Item}/{i}.png", File: Png(folder.Index * each + i))))
        .ToDictionary(file => file.Path, file => file.File);

    /// <summary>A zip file.</summary>
    public static byte[] Zip(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        using var content = new MemoryStream();
        using (var archive = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, file) in files)
            {
                using var entry = archive.CreateEntry(path, CompressionLevel.SmallestSize).Open();
                entry.Write(file);
            }
        }
        return content.ToArray();
    }
}
