using Workbench.Core.Datasets;
using Workbench.Tests.Training;

namespace Workbench.Tests.Datasets;

public sealed class MnistTests
{
    [Fact]
    public void It_has_70000_digits_of_which_the_first_60000_are_its_training_part()
    {
        var mnist = Samples.Mnist;

        Assert.Equal(70_000, mnist.Count);
        Assert.Equal(Enumerable.Range(0, 60_000), mnist.InPart(Dataset.TrainPart));
        Assert.Equal(Enumerable.Range(60_000, 10_000), mnist.InPart(Dataset.TestPart));
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], mnist.Classes);
        Assert.Equal([5, 0, 4, 1, 9], mnist.Labels[..5]);
        Assert.Equal([7, 2, 1, 0, 4], mnist.Labels[60_000..60_005]);
    }

    [Fact]
    public async Task What_lists_say_of_it_without_loading_it_is_what_it_is()
    {
        var listed = Assert.Single(await new Mnist("/nowhere").ListAsync());

        Assert.Equal(Samples.Mnist.Fingerprint, listed.Fingerprint);
        Assert.Equal(Samples.Mnist.Schema.Classes, listed.Schema.Classes);
        Assert.Equal((Samples.Mnist.Schema.Count, Samples.Mnist.Schema.Images), (listed.Schema.Count, listed.Schema.Images));
        Assert.Equal(Samples.Mnist.Schema.Parts, listed.Schema.Parts);
    }

    [Fact]
    public void A_damaged_file_is_named_with_what_was_found_and_what_was_expected()
    {
        var folder = CopyOfData();
        var labels = Path.Combine(folder, "t10k-labels-idx1-ubyte.gz");
        var bytes = File.ReadAllBytes(labels);
        bytes[100] ^= 1;
        File.WriteAllBytes(labels, bytes);

        var message = Assert.Throws<DatasetException>(() => Mnist.Load(folder)).Message;

        Assert.StartsWith($"{labels} is damaged: its SHA-256 is ", message, StringComparison.Ordinal);
        Assert.Contains("expected is b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b", message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var folder = CopyOfData();
        File.Delete(Path.Combine(folder, "train-labels-idx1-ubyte.gz"));

        var message = Assert.Throws<DatasetException>(() => Mnist.Load(folder)).Message;

        Assert.StartsWith(Path.Combine(folder, "train-labels-idx1-ubyte.gz") + " cannot be read: ", message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static string CopyOfData()
    {
        var folder = Directory.CreateTempSubdirectory("workbench-mnist-").FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "data", "mnist")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return folder;
    }
}
