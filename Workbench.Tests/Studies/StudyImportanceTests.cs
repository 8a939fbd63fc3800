using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Tests.Components;

namespace Workbench.Tests.Studies;

public class StudyImportanceTests
{
    [Fact]
    public void The_trials_of_a_study_tell_which_parameter_matters_pruned_ones_by_their_last_value()
    {
        var random = new Random(1);
        var trials = Enumerable.Range(0, 100).Select(number =>
        {
            var (rate, hidden) = (Math.Pow(10, -5 + 4 * random.NextDouble()), random.Next(8, 65));
            return StudyData.Trial(number, 1 - Math.Abs(Math.Log10(rate) + 3) / 4, number % 2 == 0 ? TrialState.Complete : TrialState.Pruned, rate, hidden);
        });

        var shares = StudyImportance.Of(StudyData.Study(), trials);

        Assert.Equal(["learning_rate", "num_hidden"], shares.Select(share => share.Parameter));
        Assert.InRange(shares[0].Share, 0.8, 1);
        Assert.Equal(1, shares.Sum(share => share.Share), 1e-9);
    }

    [Fact]
    public void Where_nothing_varies_more_trials_would_not_help()
    {
        var study = StudyData.Study(space: new(new FixedParameter("learning_rate", 0.1), new IntParameter("num_hidden", 8, 8)));

        Assert.Equal(
            "No parameter of the search space varies: there is nothing to compare.",
            StudyImportance.Hindrance(study, Enumerable.Range(0, 9).Select(number => StudyData.Trial(number, 0.9))));
    }

    [Fact]
    public void Trials_without_a_value_or_parameters_tell_nothing()
    {
        Run[] trials =
        [
            .. Enumerable.Range(0, 4).Select(number => StudyData.Trial(number, 0.9)),
            StudyData.Trial(4, null, TrialState.Running),
            StudyData.Trial(5, null, TrialState.Failed),
            new() { Name = "trial-6", Number = 6, State = TrialState.Running },
        ];

        Assert.Empty(StudyImportance.Of(StudyData.Study(), trials));
        Assert.Equal(
            "It takes 5 finished trials to tell which parameters matter; there are 4.", StudyImportance.Hindrance(StudyData.Study(), trials));
        Assert.Null(StudyImportance.Hindrance(StudyData.Study(), [.. trials, StudyData.Trial(7, 0.8)]));
        Assert.NotEmpty(StudyImportance.Of(StudyData.Study(), [.. trials, StudyData.Trial(7, 0.8)]));
    }
}
