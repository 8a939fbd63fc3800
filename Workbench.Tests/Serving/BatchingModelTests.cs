using Workbench.Core.Datasets;
using Workbench.Core.Serving;
using Workbench.Tests.Training;

namespace Workbench.Tests.Serving;

public class BatchingModelTests
{
    [Fact]
    public async Task Everybody_gets_the_answer_to_the_own_image_however_many_ask_at_once()
    {
        var digits = Samples.Mnist;
        var images = Enumerable.Range(0, 200).Select(image => DigitReader.Prepared(digits.Image(image))).ToArray();
        var model = new BatchingModel(DigitReader.Network);

        var answers = await Task.WhenAll(images.Select(image => Task.Run(() => model.PredictAsync(image))));

        Assert.All(images.Zip(answers), pair =>
            Assert.Equal(DigitReader.Network.Run(pair.First, 1), pair.Second, (one, other) => Math.Abs(one - other) < 1e-5));
    }

    [Fact]
    public async Task A_request_after_a_pause_is_answered_as_well()
    {
        var image = DigitReader.Prepared(Samples.Mnist.Image(0));
        var model = new BatchingModel(DigitReader.Network);

        for (var request = 0; request < 50; request++)
        {
            Assert.Equal(10, (await model.PredictAsync(image)).Length);
        }
    }

    [Fact]
    public void An_image_of_another_size_is_refused_at_once_and_spoils_nobodys_answer() =>
        Assert.Throws<ArgumentException>(() => { _ = new BatchingModel(DigitReader.Network).PredictAsync(new float[27 * 27]); });
}
