using Workbench.Core.Datasets;

namespace Workbench.Tests.Datasets;

public sealed class MnistTests
{
    [Fact]
    public void It_has_70000_digits_of_which_the_first_60000_are_its_training_part()
    {
        var mnist = DatasetCatalog.Get("mnist");

        Assert.Equal((70_000, 60_000), (mnist.Count, mnist.TrainCount));
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], mnist.Classes);
        Assert.Equal([5, 0, 4, 1, 9], mnist.Labels[..5]);
        Assert.Equal([7, 2, 1, 0, 4], mnist.Labels[60_000..60_005]);
    }

    [Fact]
    public void The_catalog_loads_it_once() => Assert.Same(DatasetCatalog.Get("mnist"), DatasetCatalog.Get("mnist"));

    [Fact]
    public void The_catalog_says_what_there_is_when_asked_for_something_else() => Assert.Equal(
        "There is no data set \"cifar\". There is: mnist.",
        Assert.Throws<DatasetException>(() => DatasetCatalog.Get("cifar")).Message);

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
