using System.Buffers.Binary;
using System.Text;

namespace Workbench.Core.Platform;

/// <summary>The symbol versions an ELF library demands of the libraries it needs (section <c>.gnu.version_r</c>).</summary>
internal static class ElfVersions
{
    private const uint VersionNeedSection = 0x6ffffffe;
    private const ushort Weak = 2;

    /// <summary>Marks a demanded version as weak, in place: the loader then no longer refuses the library for want of it.</summary>
    /// <param name="elf">A 64-bit little-endian ELF file.</param>
    /// <param name="version">For example <c>GLIBCXX_3.4.32</c>.</param>
    /// <exception cref="BadImageFormatException">It is no such file, is cut off, or does not demand the version exactly once.</exception>
    public static void MakeWeak(Span<byte> elf, string version)
    {
        try
        {
            var entry = Find(elf, Hash(version));
            var flags = elf.Slice(entry + 4, 2);
            BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | Weak));
        }
        catch (Exception failure) when (failure is ArgumentOutOfRangeException or OverflowException)
        {
            throw new BadImageFormatException("The ELF file is cut off.", failure);
        }
    }

    private static int Find(ReadOnlySpan<byte> elf, uint hash)
    {
        if (!elf.StartsWith((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new BadImageFormatException("Not a 64-bit little-endian ELF file.");
        }
        var found = 0;
        int sections = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(elf[0x28..])), size = Half(elf, 0x3a), count = Half(elf, 0x3c);
        for (var section = sections; section < sections + size * count; section += size)
        {
            if (Word(elf, section + 4) == VersionNeedSection)
            {
                var need = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(elf[(section + 0x18)..]));
                for (var file = Word(elf, section + 0x2c); file > 0; file--)
                {
                    var entry = need + (int)Word(elf, need + 8);
                    for (var left = Half(elf, need + 2); left > 0; left--)
                    {
                        if (Word(elf, entry) == hash)
                        {
                            found = found == 0 ? entry : throw new BadImageFormatException("The version is demanded twice.");
                        }
                        entry += (int)Word(elf, entry + 12);
                    }
                    need += (int)Word(elf, need + 12);
                }
            }
        }
        return found > 0 ? found : throw new BadImageFormatException("The version is not demanded.");
    }

    private static ushort Half(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadUInt16LittleEndian(elf.Slice(at, 2));

    private static uint Word(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadUInt32LittleEndian(elf.Slice(at, 4));

    /// <summary>The hash of the System V ABI, by which the entries are kept.</summary>
    private static uint Hash(string name)
    {
        var hash = 0u;
        foreach (var letter in Encoding.ASCII.GetBytes(name))
        {
            hash = (hash << 4) + letter;
            hash = (hash ^ (hash >> 28 << 4)) & 0x0fffffff;
        }
        return hash;
    }
}
