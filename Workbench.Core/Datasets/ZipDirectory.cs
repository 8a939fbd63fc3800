using System.Buffers.Binary;

namespace Workbench.Core.Datasets;

/// <summary>What a zip file says at its end, before its directory is read into memory.</summary>
internal static class ZipDirectory
{
    private const int EndLength = 22;
    private const int MostComment = ushort.MaxValue;
    private const int LocatorLength = 20;

    /// <summary>How many entries it has.</summary>
    /// <exception cref="InvalidDataException">It is no zip file.</exception>
    public static long CountEntries(Stream file)
    {
        var tail = new byte[Math.Min(file.Length, EndLength + MostComment + LocatorLength)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        var end = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || tail.Length - end < EndLength)
        {
            throw new InvalidDataException();
        }
        var count = (long)BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(end + 10));
        if (count == ushort.MaxValue && end >= LocatorLength && tail.AsSpan(end - LocatorLength).StartsWith("PK\u0006\u0007"u8))
        {
            Span<byte> large = stackalloc byte[40];
            file.Position = Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(end - LocatorLength + 8)), 0, file.Length);
            file.ReadExactly(large);
            count = BinaryPrimitives.ReadInt64LittleEndian(large[32..]);
        }
        file.Position = 0;
        return count;
    }
}
