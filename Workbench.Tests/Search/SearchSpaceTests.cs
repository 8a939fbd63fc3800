using System.Text.Json;
using Workbench.Core.Search;

namespace Workbench.Tests.Search;

public class SearchSpaceTests
{
    private const string Json = """
        {"learning_rate":{"type":"float","low":1e-5,"high":0.1,"log":true},"num_hidden":{"type":"int","low":8,"high":64},
         "opt":{"type":"categorical","choices":["adam","sgd"]},"momentum":{"type":"float","low":0,"high":0.99,"when":{"opt":["sgd"]}},
         "batch":{"type":"fixed","value":128}}
        """;

    [Fact]
    public void The_form_of_the_API_survives_a_round_trip()
    {
        var space = SearchSpace.Parse(Json);
        Assert.Equal(5, space.Count);
        Assert.Equal(space, SearchSpace.Parse(JsonSerializer.Serialize(space)));
    }

    [Fact]
    public void Every_sampler_stays_in_the_space()
    {
        var space = SearchSpace.Parse(Json);
        foreach (var settings in SamplerSettings.All)
        {
            var sampler = settings.Create();
            var trials = new List<Trial>();
            for (var number = 0; number < 30; number++)
            {
                var set = sampler.Suggest(space, Direction.Minimize, trials, number, seed: 1)!;
                Assert.Equal(set, space.Validate(set));
                trials.Add(new(number, TrialState.Complete, set, set.Double("learning_rate"), []));
            }
        }
    }

    [Fact]
    public void A_sampler_can_be_given_by_name()
    {
        Assert.Equal(new TpeSettings(), JsonSerializer.Deserialize<SamplerSettings>("\"tpe\""));
        Assert.Equal(new HyperbandSettings { Eta = 4 }, JsonSerializer.Deserialize<PrunerSettings>("""{"type":"hyperband","eta":4}"""));
        Assert.Contains("tpe, random", Assert.Throws<SearchException>(() => JsonSerializer.Deserialize<SamplerSettings>("\"tpx\"")).Message);
    }
}
