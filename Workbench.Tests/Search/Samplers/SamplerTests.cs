using System.Text.Json;
using CsCheck;
using Workbench.Core.Search;

namespace Workbench.Tests.Search.Samplers;

/// <summary>What every sampler promises.</summary>
public class SamplerTests
{
    public static TheoryData<SamplerSettings> Every => [.. SamplerSettings.All, new TpeSettings { Multivariate = false }];

    [Theory]
    [MemberData(nameof(Every))]
    public void Suggestions_lie_in_the_space_whatever_it_is(SamplerSettings settings) => Spaces.Any.Sample(space =>
    {
        var trials = new List<Trial>();
        var sampler = settings.Create();
        for (var number = 0; number < 14; number++)
        {
            if (sampler.Suggest(space, Direction.Minimize, trials, number, seed: 1) is not { } set)
                return;
            Assert.Equal(set, space.Validate(set));
            Assert.Equal(space.Where(p => set.ContainsKey(p.Name)).Select(p => p.Name), set.Keys);
            trials.Add(Spaces.Complete(number, set, number * 37 % 11));
        }
    }, iter: 40);

    [Theory]
    [InlineData("tpe")]
    [InlineData("gp")]
    public void A_space_of_few_points_is_tried_out_before_any_point_is_tried_again(string type)
    {
        var settings = JsonSerializer.Deserialize<SamplerSettings>($"\"{type}\"")!;
        var space = SearchSpace.Parse("""
            {"opt":{"type":"categorical","choices":["adam","sgd"]},"momentum":{"type":"float","low":0,"high":0.9,"step":0.3,"when":{"opt":["sgd"]}},
             "width":{"type":"int","low":1,"high":5,"log":true},"batch":{"type":"fixed","value":128}}
            """);
        var sampler = settings.Create();
        // One of them was enqueued.
        List<Trial> trials = [Spaces.Complete(0, new(("opt", "sgd"), ("momentum", 0.3), ("width", 3), ("batch", 128)), 1)];
        while (trials.Count < 5 * (1 + 4))
        {
            var set = sampler.Suggest(space, Direction.Minimize, trials, trials.Count, seed: 1)!;
            trials.Add(Spaces.Complete(trials.Count, space.Validate(set), set.Int("width")));
        }
        Assert.Equal(trials.Count, trials.Select(t => t.Params).Distinct().Count());
        Assert.NotNull(sampler.Suggest(space, Direction.Minimize, trials, trials.Count, seed: 1));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void A_fresh_process_gives_the_same_answers(SamplerSettings settings)
    {
        var trials = Spaces.Finished(Spaces.All, 40, Loss);
        var kept = settings.Create();
        for (var count = 5; count <= trials.Count; count += 5)
        {
            // The one that remembers also sees a running trial that is gone the next time.
            Trial[] history = [.. trials[..count], trials[count - 1] with { Number = 900 + count, State = TrialState.Running, Value = null }];
            var set = kept.Suggest(Spaces.All, Direction.Minimize, history, count, seed: 5);
            Assert.Equal(set, settings.Create().Suggest(SearchSpace.Parse(Spaces.Json), Direction.Minimize, history, count, seed: 5));
        }
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Maximizing_is_minimizing_the_negative(SamplerSettings settings)
    {
        var trials = Spaces.Finished(Spaces.All, 30, Loss);
        Trial[] mirrored = [.. trials.Select(t => t with { Value = -t.Value })];
        Assert.Equal(
            settings.Create().Suggest(Spaces.All, Direction.Minimize, trials, 30, seed: 1),
            settings.Create().Suggest(Spaces.All, Direction.Maximize, mirrored, 30, seed: 1));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Trials_of_every_state_are_borne(SamplerSettings settings)
    {
        var trials = Spaces.Finished(Spaces.All, 60, Loss).Select(t => (t.Number % 10) switch
        {
            0 => t with { State = TrialState.Failed, Value = null },
            1 => t with { Value = double.NaN },
            2 => t with { State = TrialState.Pruned, Value = null, Intermediate = [new(1, 0.4), new(2, 0.3)] },
            3 => t with { State = TrialState.Pruned, Value = null },
            4 => t with { State = TrialState.Stopped, Value = null },
            5 => t with { Value = double.PositiveInfinity },
            6 => t with { State = TrialState.Running, Value = null },
            7 => t with { Params = new(("learning_rate", 5), ("another", "study")) },
            _ => t,
        }).ToArray();
        Assert.True(Spaces.All.Contains(settings.Create().Suggest(Spaces.All, Direction.Minimize, trials, 60, seed: 1)!));
        Trial[] allFailed = [.. trials.Select(t => t with { State = TrialState.Failed })];
        Assert.True(Spaces.All.Contains(settings.Create().Suggest(Spaces.All, Direction.Minimize, allFailed, 60, seed: 1)!));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Values_that_are_all_the_same_are_borne(SamplerSettings settings)
    {
        var trials = Spaces.Finished(Spaces.All, 30, _ => 1);
        Assert.True(Spaces.All.Contains(settings.Create().Suggest(Spaces.All, Direction.Minimize, trials, 30, seed: 1)!));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void A_space_without_choice_gives_its_only_set(SamplerSettings settings)
    {
        SearchSpace space = new(new FixedParameter("batch", 128), new IntParameter("one", 3, 3), new FloatParameter("x", 0.5, 0.5));
        Assert.Equal("batch = 128, one = 3, x = 0.5", settings.Create().Suggest(space, Direction.Minimize, [], 0, seed: 1)!.ToString());
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void One_sampler_may_be_asked_by_several_threads(SamplerSettings settings)
    {
        var trials = Spaces.Finished(Spaces.All, 30, Loss);
        var shared = settings.Create();
        var sets = new ParameterSet?[16];
        Parallel.For(0, sets.Length, i => sets[i] = shared.Suggest(Spaces.All, Direction.Minimize, trials, 30 + i, seed: 1));
        for (var i = 0; i < sets.Length; i++)
            Assert.Equal(settings.Create().Suggest(Spaces.All, Direction.Minimize, trials, 30 + i, seed: 1), sets[i]);
    }

    private static double Loss(ParameterSet set) =>
        Math.Abs(Math.Log10(set.Double("learning_rate")) + 3) + set.Double("dropout") + (set.Text("opt") == "adam" ? 0 : 0.2);
}
