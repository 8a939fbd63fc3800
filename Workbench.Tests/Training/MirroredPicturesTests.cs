using Workbench.Core.Datasets;
using Workbench.Core.Search;
using Workbench.Core.Training;

namespace Workbench.Tests.Training;

public sealed class MirroredPicturesTests
{
    private static readonly ImageSchema Photographs = new(3, 300, 200, SameSize: false);

    [Fact]
    public void Left_and_right_are_exchanged_in_every_row()
    {
        var pictures = new MirroredPictures(new GreyImages("two", 2, [1, 2, 3, 4, 5, 6, 7, 8], [0, 1], ["a", "b"], trainCount: 2));

        Assert.Equal([6, 5, 8, 7], pictures.Read(1, 2).Values);
        Assert.Equal([0, 1], pictures.Labels);
    }

    [Fact]
    public void The_test_part_is_never_mirrored()
    {
        var pictures = new MirroredPictures(new GreyImages("two", 1, [1, 2, 3], [0, 1, 1], ["a", "b"], trainCount: 2));

        Assert.Equal([0, 1], pictures.Indices);
        Assert.Equal((2, 2), (pictures.Count, pictures.Schema.Count));
    }

    [Fact]
    public void A_trial_with_flips_is_trained_on_mirrored_pictures_and_judged_on_the_pictures_as_they_are()
    {
        var plain = Samples.Train(Samples.Transfer, Samples.Request(Samples.Head(learningRate: 1e-2, units: 32, epochs: 4)));
        var flipped = Samples.Train(Samples.Transfer, Samples.Request(new([.. Samples.Head(learningRate: 1e-2, units: 32, epochs: 4).Append(new("flips", 0.5))])));

        // Digits seen from behind are harder to learn, those to be recognized are the same.
        Assert.True(flipped.Epochs[^1]["accuracy"] < plain.Epochs[^1]["accuracy"]);
        Assert.InRange(flipped.Model.Metrics["val_accuracy"], 0.8, 1);
    }

    [Fact]
    public void Flips_are_proposed_for_few_photographs_and_can_be_left_out()
    {
        Assert.Equal(new FixedParameter("flips", 0.5), Space(960, Photographs).Find("flips"));
        Assert.Null(Space(60_000, Photographs).Find("flips"));
        Assert.Null(Space(960, Photographs with { Drawn = true }).Find("flips"));
        Assert.Empty(Samples.Transfer.Faults(Space(960, Photographs)));
        Assert.Empty(Samples.Transfer.Faults(Samples.TransferSpace));
    }

    private static SearchSpace Space(int count, ImageSchema images) => Samples.Transfer.Space(new(DatasetKind.Images, count, ["a", "b"], [], images));
}
