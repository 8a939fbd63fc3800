using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Core;
using Workbench.Core.Datasets;
using Workbench.Core.Datasets.Formats;

namespace Workbench.Tests.Datasets.Formats;

/// <summary>What every format keeps to. A new one adds its layout to <see cref="Layouts"/>.</summary>
public class FormatContract
{
    public static TheoryData<Type> Formats => [.. Layouts.Select(layout => layout.Format)];

    private static readonly (Type Format, Dictionary<string, byte[]> Files, string[] Classes, string[] Parts, int Count)[] Layouts =
    [
        (typeof(ClassFolders), SmallPictures.In(["set/daisy", "set/Löwenzahn/near", "set/薔薇"], 2), ["daisy", "Löwenzahn", "薔薇"], [], 6),
        (typeof(PartFolders), SmallPictures.In(["set/train/a", "set/train/b", "set/valid/a", "set/test/b"], 2), ["a", "b"], ["train", "validation", "test"], 8),
        (typeof(LabelTable), new(SmallPictures.In(["set/images"], 4)) { ["set/labels.csv"] = "file;label;part\nimages/0.png;x;train\n1;\"y, z\";test\n2.png;x;train\nimages\\3.png;x;val\n"u8.ToArray() },
            ["x", "y, z"], ["train", "test", "validation"], 4),
        (typeof(IdxPairs), new()
        {
            ["train-images-idx3-ubyte"] = Idx([3, 2, 2]), ["train-labels-idx1-ubyte"] = Idx([3]),
            ["t10k-images.idx3-ubyte.gz"] = Packed(Idx([2, 2, 2])), ["t10k-labels.idx1-ubyte.gz"] = Packed(Idx([2])),
        }, ["0", "1", "2"], ["train", "test"], 5),
    ];

    [Theory]
    [MemberData(nameof(Formats))]
    public void It_finds_all_pictures_their_classes_and_parts(Type format)
    {
        var (_, files, classes, parts, count) = Layouts.Single(layout => layout.Format == format);

        var found = Create(format).Find(Source(files))!;
        var pictures = found.Pictures.Select(picture => (picture.Path, picture.Class, picture.Part, Facts: PictureDecoder.Inspect(picture.Read()))).ToList();

        Assert.Equal((count, count), (found.Count, pictures.Count));
        Assert.Equal(classes.Order(StringComparer.Ordinal), pictures.Select(picture => picture.Class).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(parts.Order(), pictures.Select(picture => picture.Part).OfType<string>().Distinct().Order());
        Assert.Equal(count, pictures.Select(picture => picture.Path).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void It_leaves_other_layouts_to_others(Type format)
    {
        Assert.Null(Create(format).Find([]));
        Assert.Null(Create(format).Find(Source(new() { ["README.md"] = "# nothing"u8.ToArray(), ["table.csv"] = "a,b\n1,2\n"u8.ToArray() })));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Of_all_that_are_registered_the_right_one_reads_it(Type format)
    {
        var (_, files, _, _, _) = Layouts.Single(layout => layout.Format == format);
        var services = new ServiceCollection().AddDatasetFormats().BuildServiceProvider();

        Assert.IsType(format, services.GetServices<IDatasetFormat>().First(registered => registered.Find(Source(files)) is not null));
        Assert.Contains(services.GetServices<IDatasetFormat>(), registered => registered.GetType() == format);
    }

    [Fact]
    public void A_row_without_file_or_label_is_a_fault_of_that_row()
    {
        var files = new Dictionary<string, byte[]>(SmallPictures.In(["i"], 3))
        {
            ["labels.csv"] = "file,label,part\ni/0.png,x,train\ngone.png,x,train\ni/1.png,,train\ni/2.png,x,elsewhere\n"u8.ToArray(),
        };

        var pictures = new LabelTable().Find(Source(files))!.Pictures.ToList();

        Assert.NotEmpty(pictures[0].Read());
        Assert.Equal(["There is no such file.", "It has no label in labels.csv.", "'elsewhere' is no part; parts are train, validation and test."],
            pictures.Skip(1).Select(picture => Assert.Throws<DatasetException>(picture.Read).Message));
    }

    [Fact]
    public void A_picture_outside_of_the_folders_has_no_class()
    {
        var pictures = new ClassFolders().Find(Source(new(SmallPictures.In(["a", "b"], 1)) { ["stray.png"] = SmallPictures.Png(9) }))!.Pictures;

        Assert.Contains("its class is not known", Assert.Throws<DatasetException>(pictures.Single(picture => picture.Path == "stray.png").Read).Message);
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte")]
    [InlineData("train-labels-idx1-ubyte")]
    public void An_IDX_file_that_is_cut_off_is_named(string file)
    {
        var files = new Dictionary<string, byte[]> { ["train-images-idx3-ubyte"] = Idx([3, 2, 2]), ["train-labels-idx1-ubyte"] = Idx([3]) };
        files[file] = files[file][..^1];

        Assert.Contains(file, Assert.Throws<DatasetException>(() => new IdxPairs().Find(Source(files))!.Pictures.Count()).Message);
    }

    private static IDatasetFormat Create(Type format) => (IDatasetFormat)Activator.CreateInstance(format)!;

    private static List<SourceFile> Source(Dictionary<string, byte[]> files) =>
        [.. files.Select(file => new SourceFile(file.Key, file.Value.Length, () => new MemoryStream(file.Value, writable: false)))];

    private static byte[] Idx(int[] sizes)
    {
        var content = new byte[4 + 4 * sizes.Length + sizes.Aggregate((a, b) => a * b)];
        (content[2], content[3]) = (8, (byte)sizes.Length);
        foreach (var (at, size) in sizes.Index())
        {
            BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(4 + 4 * at), size);
        }
        for (var at = 4 + 4 * sizes.Length; at < content.Length; at++)
        {
            content[at] = (byte)(at - 4 - 4 * sizes.Length);
        }
        return content;
    }

    private static byte[] Packed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }
        return packed.ToArray();
    }
}
