using Workbench.Components.Studies;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Studies;

public sealed class StudyListingTests
{
    private static readonly StudySummary[] Studies =
    [
        Summary(3, "mnist-10", 0.8, finished: 9, StudyState.Running),
        Summary(2, "mnist-9", null, finished: 0, StudyState.Stopped),
        Summary(1, "Other", 0.9, finished: 3, StudyState.Completed),
    ];

    [Theory]
    [InlineData("started", true, new[] { 3, 2, 1 })]
    [InlineData("started", false, new[] { 1, 2, 3 })]
    [InlineData("name", false, new[] { 2, 3, 1 })]
    [InlineData("best", true, new[] { 1, 3, 2 })]
    [InlineData("best", false, new[] { 3, 1, 2 })]
    [InlineData("progress", true, new[] { 3, 1, 2 })]
    [InlineData("state", false, new[] { 3, 1, 2 })]
    [InlineData("duration", true, new[] { 3, 2, 1 })]
    public void Sorts_by_any_column_with_what_lacks_it_at_the_end(string column, bool descending, int[] expected) =>
        Assert.Equal(expected, Apply(new StudyListing("", null, column, descending)));

    [Theory]
    [InlineData("MNIST tpe", new[] { 3, 2 })]
    [InlineData("other", new[] { 1 })]
    [InlineData("mnist bayes", new int[0])]
    public void Finds_studies_that_have_all_the_words(string search, int[] expected) =>
        Assert.Equal(expected, Apply(new StudyListing(search, null, "started", true)));

    [Fact]
    public void Shows_only_studies_in_a_state() => Assert.Equal([1], Apply(new StudyListing("", StudyState.Completed, "started", true)));

    [Fact]
    public void A_sparkline_steps_up_where_the_study_improved_and_goes_on_to_its_last_trial()
    {
        Assert.Equal("", Sparkline.Path([], 10));
        Assert.Equal("M2 18H36V2H70", Sparkline.Path([new(1, 0, 0.5), new(1, 5, 0.9)], 11));
        Assert.Equal("M2 10H70", Sparkline.Path([new(1, 0, 0.5)], 1));
        Assert.Equal("M2 2H70V18H70", Sparkline.Path([new(1, 0, 0.9), new(1, 4, 0.1)], 3));
    }

    private static IEnumerable<int> Apply(StudyListing listing) => listing.Apply(Studies, Start.AddHours(1)).Select(summary => (int)summary.Study.Id);

    private static StudySummary Summary(int id, string name, double? best, int finished, StudyState state)
    {
        var study = Study(id, name, state, finished);
        return new StudySummary(study, new TrialCounts(finished, 0, 0, 0, 0), best is { } value ? new BestTrial(0, value, ParameterSet.Empty) : null);
    }

    private static Study Study(int id, string name, StudyState state, int finished) => new()
    {
        Id = id,
        Name = name,
        Pipeline = "transfer",
        Dataset = name == "Other" ? "else" : "mnist",
        Split = "{}",
        Metric = "val_accuracy",
        Direction = Direction.Maximize,
        SearchSpace = new(),
        Sampler = new TpeSettings(),
        Pruner = new NoPrunerSettings(),
        Seed = 1,
        Jobs = 1,
        TrialsRequested = 10,
        TrialsFinished = finished,
        State = state,
        CreatedAt = Start,
        EndedAt = state == StudyState.Running ? null : Start.AddMinutes(id),
    };
}
