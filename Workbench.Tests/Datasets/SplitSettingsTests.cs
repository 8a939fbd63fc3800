using System.Text.Json;
using Workbench.Core.Datasets;
using Workbench.Tests.Training;

namespace Workbench.Tests.Datasets;

public sealed class SplitSettingsTests
{
    [Fact]
    public void Every_image_is_on_exactly_one_side()
    {
        var mnist = Samples.Mnist;

        var split = SplitSettings.Default.Apply(mnist, withTest: true);

        Assert.Equal(Enumerable.Range(0, mnist.Count), split.Train.Concat(split.Validation).Order());
    }

    [Fact]
    public void The_test_part_is_on_neither_side()
    {
        var images = Images(100);

        Assert.Equal(images.InPart(Dataset.TrainPart), SplitSettings.Default.Apply(images).Train.Concat(SplitSettings.Default.Apply(images).Validation).Order());
    }

    [Fact]
    public void A_stratified_split_takes_the_same_share_of_every_class()
    {
        var mnist = Samples.Mnist;
        var split = SplitSettings.Default.Apply(mnist, withTest: true);

        foreach (var label in Enumerable.Range(0, 10))
        {
            var ofClass = mnist.Labels.Count(l => l == label);
            var inValidation = split.Validation.Count(i => mnist.Labels[i] == label);
            Assert.Equal(0.3, (double)inValidation / ofClass, tolerance: 0.51 / ofClass);
        }
    }

    [Fact]
    public void The_same_settings_give_the_same_split_and_another_seed_another()
    {
        var images = Images(100);

        Assert.Equal(new SplitSettings(seed: 5).Apply(images).Train, new SplitSettings(seed: 5).Apply(Images(100)).Train);
        Assert.NotEqual(new SplitSettings(seed: 5).Apply(images).Train, new SplitSettings(seed: 6).Apply(images).Train);
    }

    [Fact]
    public void The_data_sets_own_split_is_its_order()
    {
        var split = new SplitSettings(SplitKind.Own).Apply(Images(10));

        Assert.Equal([0, 1, 2, 3, 4, 5, 6], split.Train);
        Assert.Equal([7, 8, 9], split.Validation);
    }

    [Theory]
    [InlineData("""{"kind":"stratified","validation":0.3,"seed":0}""")]
    [InlineData("""{"kind":"stratified","validation":0.25,"seed":-7}""")]
    [InlineData("""{"kind":"own"}""")]
    public void Json_survives_reading_and_writing(string json) =>
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<SplitSettings>(json)));

    [Fact]
    public void What_json_leaves_out_takes_its_default() =>
        Assert.Equal(SplitSettings.Default, JsonSerializer.Deserialize<SplitSettings>("""{"kind":"stratified"}"""));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_share_that_leaves_one_side_nothing_is_refused(double share) =>
        Assert.Throws<DatasetException>(() => new SplitSettings(validation: share));

    [Fact]
    public void The_own_split_takes_no_share() => Assert.Throws<DatasetException>(() => new SplitSettings(SplitKind.Own, validation: 0.5));

    [Fact]
    public void Too_few_images_for_the_share_are_refused() =>
        Assert.Throws<DatasetException>(() => new SplitSettings(validation: 0.01).Apply(Images(10)));

    private static GreyImages Images(int count)
    {
        byte[] labels = [.. Enumerable.Range(0, count).Select(i => (byte)(i % 2))];
        return new("test", MnistFrame.Side, new byte[count * MnistFrame.Pixels], labels, ["a", "b"], trainCount: count * 7 / 10);
    }
}
