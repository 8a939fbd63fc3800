using System.Buffers.Binary;
using System.Text;
using Workbench.Core.Models;

namespace Workbench.Tests.Models;

public sealed class SafetensorsTests
{
    private static readonly Safetensors Sample = new(
        new Dictionary<string, Safetensors.Values>
        {
            ["weight"] = new([2, 3], [1, 2, 3, 4, 5, float.NegativeInfinity]),
            ["bias"] = new([], [0.5f]),
            ["nothing"] = new([0, 4], []),
        },
        new Dictionary<string, string> { ["plan"] = "16|32" });

    [Fact]
    public void What_is_written_is_read()
    {
        var read = Safetensors.Read(Sample.ToBytes());

        Assert.Equal("16|32", read.Metadata["plan"]);
        Assert.Equal(["bias", "nothing", "weight"], read.Tensors.Keys.Order());
        Assert.Equal([2L, 3L], read.Tensors["weight"].Shape);
        Assert.Equal(Sample.Tensors["weight"].Data, read.Tensors["weight"].Data);
        Assert.Empty(read.Tensors["bias"].Shape);
        Assert.Equal([0.5f], read.Tensors["bias"].Data);
    }

    [Fact]
    public void The_same_content_gives_the_same_bytes()
    {
        var reversed = new Safetensors(new Dictionary<string, Safetensors.Values>(Sample.Tensors.Reverse()), Sample.Metadata);

        Assert.Equal(Sample.ToBytes(), reversed.ToBytes());
    }

    [Fact]
    public void A_file_of_another_writer_is_read()
    {
        var file = File(
            """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"b":{"data_offsets":[0,4],"shape":[1,1],"dtype":"F32"}}""", 8);

        Assert.Equal([1L], Safetensors.Read(file).Tensors["a"].Shape);
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_refused()
    {
        var file = Sample.ToBytes();
        for (var length = 0; length < file.Length; length++)
        {
            var cut = file[..length];
            Assert.Throws<FormatException>(() => Safetensors.Read(cut));
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", 4, "type F16; only F32")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", 8, "does not fill its bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "cut off")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "4 bytes after its last tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "overlap or leave a gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 8, "overlap or leave a gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        8, "overlap or leave a gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "malformed shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,4]}}""", 4, "does not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "malformed offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "malformed")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "malformed")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
        4, "malformed")]
    [InlineData("""{"__metadata__":{"n":1}}""", 0, "malformed")]
    [InlineData("""["a"]""", 0, "malformed")]
    [InlineData("""{"a":""", 0, "malformed")]
    public void A_header_that_does_not_describe_the_file_is_refused(string header, int dataBytes, string because)
    {
        var failure = Assert.Throws<FormatException>(() => Safetensors.Read(File(header, dataBytes)));
        Assert.Contains(because, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_longer_than_any_sensible_one_is_refused()
    {
        var file = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(file, ulong.MaxValue);

        var failure = Assert.Throws<FormatException>(() => Safetensors.Read(file));

        Assert.Contains("its header would have", failure.Message, StringComparison.Ordinal);
    }

    private static byte[] File(string header, int dataBytes)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + text.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, 8);
        return file;
    }
}
