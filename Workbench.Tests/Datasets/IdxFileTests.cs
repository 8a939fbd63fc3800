using Workbench.Core.Datasets;

namespace Workbench.Tests.Datasets;

public sealed class IdxFileTests
{
    private static readonly byte[] TwoImagesOf2By3 =
        [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    [Fact]
    public void The_elements_follow_the_header() =>
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], IdxFile.Read(TwoImagesOf2By3, "images", 0, 2, 3).ToArray());

    [Fact]
    public void A_file_cut_off_anywhere_is_refused()
    {
        for (var length = 0; length < TwoImagesOf2By3.Length; length++)
        {
            var cut = TwoImagesOf2By3[..length];
            var failure = Assert.Throws<DatasetException>(() => IdxFile.Read(cut, "images", 0, 2, 3));
            Assert.StartsWith("images: ", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Bytes_after_the_last_element_are_refused() => Refused([.. TwoImagesOf2By3, 0], "13 bytes of elements instead of 12");

    [Fact]
    public void A_file_that_begins_otherwise_is_refused() => Refused("PK\u0003\u0004, a zip"u8.ToArray(), "not an idx file");

    [Fact]
    public void Other_elements_than_bytes_are_refused() => Refused(With(2, 0x0d), "elements of type 0x0d");

    [Fact]
    public void Another_number_of_dimensions_is_refused() => Refused(With(3, 1), "1 dimensions instead of 3");

    [Fact]
    public void Images_of_another_size_are_refused() => Refused(With(15, 4), "dimension 2 is 4 instead of 3");

    [Fact]
    public void A_header_that_promises_more_than_memory_holds_is_refused() => Refused(With(4, 0xff), "bytes of elements instead of");

    private static void Refused(byte[] file, string because)
    {
        var failure = Assert.Throws<DatasetException>(() => IdxFile.Read(file, "images", 0, 2, 3));
        Assert.Contains(because, failure.Message, StringComparison.Ordinal);
    }

    private static byte[] With(int at, byte value)
    {
        var file = (byte[])TwoImagesOf2By3.Clone();
        file[at] = value;
        return file;
    }
}
