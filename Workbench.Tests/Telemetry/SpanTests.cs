using Microsoft.Extensions.DependencyInjection;
using Workbench.Core.Jobs;
using Workbench.Core.Search;
using Workbench.Core.Serving;
using Workbench.Core.Studies;
using Workbench.Tests.Serving;
using Workbench.Tests.Studies;

namespace Workbench.Tests.Telemetry;

public sealed class SpanTests
{
    [Fact]
    public async Task From_the_launch_over_jobs_and_trials_to_the_epochs_each_span_lies_below_the_one_before()
    {
        using var spans = new SpanCollector();
        // What brings the queue into line may queue a trial before the launch does, or before the trial whose place it takes over does: that job has no
        // launch above it. So nothing does here.
        await using var launching = await TestWorkbench.StartAsync(workers: 0);
        var space = new SearchSpace(
            new FixedParameter("learning_rate", 1e-3), new FixedParameter("l1", 0.0), new FixedParameter("l2", 0.0),
            new FixedParameter("num_hidden", 8), new FixedParameter("epochs", 2));

        await launching.Studies.LaunchAsync(new StudyRequest("traced", Trials: 2, Jobs: 1, Seed: 1, SearchSpace: space));
        await using var working = await TestWorkbench.StartAsync(
            workers: 1, launching.ConnectionString, more: services => services.Remove(services.Single(service => service.ImplementationType == typeof(Reconciler))));

        var ended = await spans.UntilAsync("job", 2);
        var launch = Assert.Single(ended["launch"]);
        Assert.Equal(spans.Root.SpanId, launch.ParentSpanId);
        // The second trial was queued by the first, and belongs to the launch like it.
        Assert.All(ended["job"], job => Assert.Equal(launch.SpanId, job.ParentSpanId));
        Assert.Equal(ended["job"].Select(job => job.SpanId).ToHashSet(), ended["trial"].Select(trial => trial.ParentSpanId).ToHashSet());
        Assert.All(ended["trial"], trial => Assert.Equal(("traced", "complete"), (trial.GetTagItem("workbench.study"), trial.GetTagItem("workbench.state"))));
        Assert.Equal(4, ended["epoch"].Count());
        Assert.All(ended["trial"], trial => Assert.Equal(
            [1, 2], ended["epoch"].Where(epoch => epoch.ParentSpanId == trial.SpanId).Select(epoch => (int)epoch.GetTagItem("workbench.epoch")!).Order()));
    }

    [Fact]
    public async Task A_batch_of_images_is_one_span_below_the_first_request_with_links_to_the_others()
    {
        using var spans = new SpanCollector();
        var model = new BatchingModel(DigitReader.Network);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => model.PredictAsync(new float[28 * 28])));

        var batches = (await spans.UntilAsync("infer", 1))["infer"].ToList();
        Assert.All(batches, batch => Assert.Equal(spans.Root.SpanId, batch.ParentSpanId));
        Assert.All(batches, batch => Assert.Equal((int)batch.GetTagItem("workbench.batch.size")! - 1, batch.Links.Count()));
    }
}
