using Workbench.Core.Datasets;

namespace Workbench.Tests.Datasets;

public sealed class DatasetTests
{
    [Fact]
    public void The_hash_tells_contents_apart_by_any_bit()
    {
        var images = new byte[2 * MnistFrame.Pixels];
        var original = new GreyImages("a", MnistFrame.Side, images, [0, 1], ["x", "y"], 1);
        var changed = (byte[])images.Clone();
        changed[^1] = 1;

        string[] others =
        [
            new GreyImages("a", MnistFrame.Side, changed, [0, 1], ["x", "y"], 1).Fingerprint,
            new GreyImages("a", MnistFrame.Side, images, [1, 1], ["x", "y"], 1).Fingerprint,
            new GreyImages("a", MnistFrame.Side, images, [0, 1], ["x", "z"], 1).Fingerprint,
            new GreyImages("a", MnistFrame.Side, images, [0, 1], ["x", "y"], 2).Fingerprint,
        ];

        Assert.Equal(original.Fingerprint, new GreyImages("a", MnistFrame.Side, (byte[])images.Clone(), [0, 1], ["x", "y"], 1).Fingerprint);
        Assert.Equal(5, others.Append(original.Fingerprint).Distinct().Count());
    }

    [Fact]
    public void Images_and_labels_have_to_fit_together() =>
        Assert.Throws<DatasetException>(() => new GreyImages("a", MnistFrame.Side, new byte[MnistFrame.Pixels], [0, 0], ["x"], 0));

    [Fact]
    public void A_label_without_a_class_is_refused() =>
        Assert.Throws<DatasetException>(() => new GreyImages("a", MnistFrame.Side, new byte[MnistFrame.Pixels], [1], ["x"], 0));

    [Fact]
    public void A_training_part_longer_than_the_whole_is_refused() =>
        Assert.Throws<DatasetException>(() => new GreyImages("a", MnistFrame.Side, new byte[MnistFrame.Pixels], [0], ["x"], 2));
}
