using Workbench.Components.Studies;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Studies;

public sealed class StudyPaceTests
{
    [Fact]
    public void Nobody_can_tell_before_the_second_trial_has_finished() =>
        Assert.Equal(new StudyPace(null, null), StudyPace.Of(Study(), [Trial(0, 0.5), Trial(1, state: TrialState.Running)], Start.AddSeconds(15)));

    [Fact]
    public void What_is_left_takes_as_long_as_trials_took_shared_among_those_that_run()
    {
        // Two trials of ten seconds each are done; two more run and are half through; six are to come.
        var trials = new[] { Trial(0, 0.5), Trial(1, 0.6), Trial(2, state: TrialState.Running), Trial(3, state: TrialState.Running) };
        trials[3].StartedAt = trials[2].StartedAt;

        var pace = StudyPace.Of(Study(requested: 10, finished: 2), trials, Start.AddSeconds(25));

        Assert.Equal(Start.AddSeconds(25 + 35), pace.Done);
        Assert.Equal(6, pace.PerMinute);
    }

    [Fact]
    public void A_trial_that_takes_longer_than_usual_does_not_make_the_rest_shorter()
    {
        var trials = new[] { Trial(0, 0.5), Trial(1, 0.6), Trial(2, state: TrialState.Running) };

        var pace = StudyPace.Of(Study(requested: 4, finished: 2, jobs: 1), trials, Start.AddMinutes(10));

        Assert.Equal(10.5, (pace.Done - Start.AddMinutes(10))!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void A_study_that_has_ended_has_a_pace_and_no_time_left()
    {
        var pace = StudyPace.Of(Study(finished: 2, state: StudyState.Completed), [Trial(0, 0.5), Trial(1, 0.6)], Start.AddHours(1));

        Assert.Equal(2, pace.PerMinute);
        Assert.Null(pace.Done);
    }
}
