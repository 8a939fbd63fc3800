using Workbench.Core.Platform;

namespace Workbench.Tests.Platform;

public sealed class ElfVersionsTests
{
    private const string Version = "GLIBCXX_3.4.32";
    private const uint HashOfVersion = 0x0297f842;

    [Fact]
    public void Only_the_flag_of_the_demanded_version_changes()
    {
        var (elf, flags) = Library();
        var before = (byte[])elf.Clone();

        ElfVersions.MakeWeak(elf, Version);

        Assert.Equal([flags], Enumerable.Range(0, elf.Length).Where(at => elf[at] != before[at]));
        Assert.Equal(2, elf[flags]);
    }

    [Fact]
    public void A_version_that_is_not_demanded_is_refused() =>
        Assert.Throws<BadImageFormatException>(() => ElfVersions.MakeWeak(Library().Elf, "GLIBCXX_3.4.33"));

    [Fact]
    public void A_file_of_another_kind_is_refused() =>
        Assert.Throws<BadImageFormatException>(() => ElfVersions.MakeWeak("MZ, that is another system's"u8.ToArray(), Version));

    [Fact]
    public void A_file_cut_off_anywhere_is_refused()
    {
        var (elf, _) = Library();
        for (var length = 0; length < elf.Length; length++)
        {
            Assert.Throws<BadImageFormatException>(() => ElfVersions.MakeWeak(elf.AsSpan(0, length), Version));
        }
    }

    /// <summary>The least library that demands a version: a header, the demand, and one section that leads to it.</summary>
    private static (byte[] Elf, int Flags) Library()
    {
        const int need = 64, entry = need + 16, section = entry + 16;
        var elf = new byte[section + 0x30];
        "\u007fELF\u0002\u0001"u8.CopyTo(elf);
        Put(0x28, section);
        Put(0x3a, 64);
        Put(0x3c, 1);
        Put(section + 4, 0x6ffffffe);
        Put(section + 0x18, need);
        Put(section + 0x2c, 1);
        Put(need + 2, 1);
        Put(need + 8, entry - need);
        Put(entry, HashOfVersion);
        return (elf, entry + 4);

        void Put(int at, uint value) => BitConverter.TryWriteBytes(elf.AsSpan(at), value);
    }
}
