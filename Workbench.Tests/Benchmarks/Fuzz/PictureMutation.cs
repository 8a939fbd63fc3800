using System.Buffers.Binary;
using System.IO.Hashing;
using SkiaSharp;

namespace Workbench.Benchmarks.Fuzz;

/// <summary>Makes pictures of every format that the server reads, and damages them: bytes anywhere, and the structure with right checksums.</summary>
internal sealed class PictureMutation
{
    private static readonly (int Width, int Height)[] Sizes =
        [(1, 1), (28, 28), (200, 200), (3, 4000), (4000, 3), (640, 480), (1999, 1501), (6320, 6320)];

    private readonly List<(string Name, byte[] File)> _whole = [];

    public PictureMutation()
    {
        foreach (var (width, height) in Sizes)
        {
            using var colour = Drawn(width, height, SKColorType.Rgba8888);
            using var grey = Drawn(width, height, SKColorType.Gray8);
            Add("png", colour, SKEncodedImageFormat.Png, 100);
            Add("grey png", grey, SKEncodedImageFormat.Png, 100);
            Add("jpeg", colour, SKEncodedImageFormat.Jpeg, 70);
            _whole.Add(($"wbmp {width}×{height}", Wbmp(width, height)));
            if (width * height < 1_000_000)
            {
                Add("webp", colour, SKEncodedImageFormat.Webp, 60);
                Add("lossless webp", colour, SKEncodedImageFormat.Webp, 100);
                _whole.Add(($"bmp {width}×{height}", Bmp(colour)));
                _whole.Add(($"gif {width}×{height}", Gif(width, height)));
                _whole.Add(($"ico {width}×{height}", Ico(_whole[^8].File)));
            }
        }

        void Add(string name, SKBitmap bitmap, SKEncodedImageFormat format, int quality)
        {
            using var data = bitmap.Encode(format, quality);
            _whole.Add(($"{name} {bitmap.Width}×{bitmap.Height}", data.ToArray()));
        }
    }

    /// <summary>The largest that is small: 40 million pixels in some kilobytes.</summary>
    public byte[] Huge => _whole.Last(picture => picture.Name.StartsWith("grey png", StringComparison.Ordinal)).File;

    public (string Name, byte[] File) Make(Random random)
    {
        var (name, whole) = OddValues.Pick(random, _whole);
        var file = (byte[])whole.Clone();
        if (random.Next(30) == 0)
        {
            return (name, file);
        }
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            file = name.Contains("png", StringComparison.Ordinal) && random.Next(2) == 0 ? ChangePng(file, random) : ChangeBytes(file, random);
        }
        return ($"damaged {name}", file);
    }

    private byte[] ChangeBytes(byte[] file, Random random)
    {
        // What a header says is at the start, where little has much effect.
        var within = random.Next(2) == 0 ? Math.Min(file.Length, 64) : file.Length;
        switch (random.Next(9))
        {
            case 0:
                return file[..random.Next(file.Length + 1)];
            case 1:
                var (at, length) = (random.Next(file.Length + 1), random.Next(1, 2000));
                var more = new byte[length];
                random.NextBytes(more);
                return [.. file[..at], .. more, .. file[at..]];
            case 2:
                var other = OddValues.Pick(random, _whole).File;
                var cut = random.Next(Math.Min(file.Length, other.Length) + 1);
                return [.. file[..cut], .. other[cut..]];
            case 3:
                var (from, count) = (random.Next(file.Length + 1), random.Next(1, 500));
                return [.. file[..from], .. file[Math.Min(file.Length, from + count)..]];
            case 4 when within > 4:
                BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(random.Next(within - 4)), OddValues.Pick<uint>(random, [0, 1, 0xffff, 0x10000, 0x7fffffff, uint.MaxValue]));
                return file;
            case 5 when within > 2:
                BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(random.Next(within - 2)), OddValues.Pick<ushort>(random, [0, 1, 6320, 0x7fff, ushort.MaxValue]));
                return file;
            default:
                for (var flip = random.Next(1, 30); flip > 0 && within > 0; flip--)
                {
                    file[random.Next(within)] = (byte)random.Next(256);
                }
                return file;
        }
    }

    /// <summary>Changes chunks and mends their checksums, so that the damage gets past them.</summary>
    private static byte[] ChangePng(byte[] file, Random random)
    {
        List<byte[]> chunks = [];
        for (var at = 8; at + 12 <= file.Length;)
        {
            var length = Math.Min(BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at)), (uint)(file.Length - at - 12));
            chunks.Add(file[(at + 4)..(at + 8 + (int)length)]);
            at += 12 + (int)length;
        }
        if (chunks.Count == 0)
        {
            return file;
        }
        var index = random.Next(chunks.Count);
        switch (random.Next(6))
        {
            case 0:
                chunks.RemoveAt(index);
                break;
            case 1:
                chunks.InsertRange(index, Enumerable.Repeat(chunks[index], random.Next(1, 50)));
                break;
            case 2:
                var name = OddValues.Pick(random, ["eXIf", "tRNS", "PLTE", "iCCP", "gAMA", "acTL", "fdAT", "zTXt", "IDAT", "IEND"]);
                var content = new byte[random.Next(0, 300)];
                random.NextBytes(content);
                chunks.Insert(random.Next(1, chunks.Count + 1), [.. System.Text.Encoding.ASCII.GetBytes(name), .. content]);
                break;
            case 3 when chunks[0].Length >= 17:
                // Width, height, depth, colour, compression, filter, interlacing.
                chunks[0][random.Next(4, 17)] = OddValues.Pick<byte>(random, [0, 1, 2, 3, 4, 6, 8, 16, (byte)random.Next(256)]);
                break;
            default:
                var chunk = chunks[index];
                for (var flip = random.Next(1, 10); flip > 0 && chunk.Length > 4; flip--)
                {
                    chunk[random.Next(4, chunk.Length)] = (byte)random.Next(256);
                }
                break;
        }
        return [137, 80, 78, 71, 13, 10, 26, 10, .. chunks.SelectMany(Sealed)];
    }

    private static byte[] Sealed(byte[] chunk)
    {
        var sealedChunk = new byte[chunk.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(sealedChunk, chunk.Length - 4);
        chunk.CopyTo(sealedChunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(sealedChunk.AsSpan(chunk.Length + 4), Crc32.HashToUInt32(chunk));
        return sealedChunk;
    }

    private static SKBitmap Drawn(int width, int height, SKColorType type)
    {
        var bitmap = new SKBitmap(new SKImageInfo(width, height, type, type == SKColorType.Gray8 ? SKAlphaType.Opaque : SKAlphaType.Premul));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        using var pen = new SKPaint { Color = SKColors.Black, StrokeWidth = Math.Max(1, height / 12), IsAntialias = true };
        canvas.DrawLine(width * 0.3f, height * 0.2f, width * 0.7f, height * 0.25f, pen);
        canvas.DrawLine(width * 0.7f, height * 0.25f, width * 0.4f, height * 0.85f, pen);
        return bitmap;
    }

    private static byte[] Bmp(SKBitmap bitmap)
    {
        var row = (bitmap.Width * 3 + 3) / 4 * 4;
        var file = new byte[54 + row * bitmap.Height];
        (file[0], file[1]) = ((byte)'B', (byte)'M');
        foreach (var (at, value) in ((int, int)[])[(2, file.Length), (10, 54), (14, 40), (18, bitmap.Width), (22, bitmap.Height), (26, 1 | 24 << 16)])
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        }
        for (var y = 0; y < bitmap.Height; y++)
        {
            for (var x = 0; x < bitmap.Width; x++)
            {
                file.AsSpan(54 + (bitmap.Height - 1 - y) * row + 3 * x, 3).Fill(bitmap.GetPixel(x, y).Red);
            }
        }
        return file;
    }

    /// <summary>One bit a pixel, a bar in the middle.</summary>
    private static byte[] Wbmp(int width, int height)
    {
        var row = (width + 7) / 8;
        var pixels = new byte[row * height];
        Array.Fill(pixels, (byte)0xff);
        for (var y = height / 4; y < height * 3 / 4; y++)
        {
            pixels[y * row + row / 2] = 0;
        }
        return [0, 0, .. Multibyte(width), .. Multibyte(height), .. pixels];

        static byte[] Multibyte(int value) => value < 128 ? [(byte)value] : [(byte)(0x80 | value >> 7), (byte)(value & 0x7f)];
    }

    /// <summary>Two colours, without compression: the code table is cleared before it grows.</summary>
    private static byte[] Gif(int width, int height)
    {
        List<byte> codes = [];
        var (bits, filled) = (0, 0);
        for (var at = 0; at < width * height; at++)
        {
            if (at % 2 == 0)
            {
                Put(4);
            }
            Put(at / width > height / 4 && at / width < height * 3 / 4 && at % width == width / 2 ? 0 : 1);
        }
        Put(5);
        codes.Add((byte)bits);
        byte[] size = [(byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8)];
        return
        [
            .. "GIF89a"u8, .. size, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2c, 0, 0, 0, 0, .. size, 0, 2,
            .. codes.Chunk(255).SelectMany(block => (byte[])[(byte)block.Length, .. block]), 0, 0x3b,
        ];

        void Put(int code)
        {
            bits |= code << filled;
            for (filled += 3; filled >= 8; filled -= 8, bits >>= 8)
            {
                codes.Add((byte)bits);
            }
        }
    }

    /// <summary>An icon of one picture, which is a PNG.</summary>
    private static byte[] Ico(byte[] png)
    {
        var head = new byte[22];
        (head[2], head[4], head[10], head[12]) = (1, 1, 1, 32);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(14), png.Length);
        head[18] = 22;
        return [.. head, .. png];
    }
}
