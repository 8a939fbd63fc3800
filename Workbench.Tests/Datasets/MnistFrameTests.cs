using Workbench.Core.Datasets;
using Workbench.Tests.Training;

namespace Workbench.Tests.Datasets;

public sealed class MnistFrameTests
{
    [Fact]
    public void Mnists_own_images_stay_where_they_are()
    {
        var mnist = Samples.Mnist;
        // Some few of its images lie exactly between two pixels.
        var moved = Enumerable.Range(0, 2000).Count(i =>
        {
            var image = mnist.Image(i).ToArray();
            MnistFrame.Centre(image);
            return !image.AsSpan().SequenceEqual(mnist.Image(i));
        });

        Assert.InRange(moved, 0, 20);
    }

    [Fact]
    public void Ink_in_a_corner_moves_to_the_middle()
    {
        var image = new byte[MnistFrame.Pixels];
        image[0] = image[1] = 200;

        MnistFrame.Centre(image);

        // The middle of two pixels lies between them: either may be the one at 14.
        var ink = Enumerable.Range(0, image.Length).Where(at => image[at] > 0).ToArray();
        Assert.Equal(2, ink.Length);
        Assert.Contains(14 * 28 + 14, ink);
    }

    [Fact]
    public void No_ink_is_lost_at_the_edge_of_the_image()
    {
        var image = new byte[MnistFrame.Pixels];
        image.AsSpan(0, 28).Fill(1);
        image[0] = 255;

        MnistFrame.Centre(image);

        Assert.Equal(28, image.Count(v => v > 0));
    }

    [Fact]
    public void An_empty_image_stays_empty()
    {
        var image = new byte[MnistFrame.Pixels];

        MnistFrame.Centre(image);

        Assert.All(image, value => Assert.Equal(0, value));
    }
}
