using System.Text.Json;
using Workbench.Core.Search;

namespace Workbench.Tests.Search;

public class SettingsTests
{
    private sealed record Dto(SamplerSettings? Sampler, PrunerSettings? Pruner);

    public static TheoryData<SamplerSettings> Samplers =>
        [.. SamplerSettings.All, new TpeSettings { Gamma = 0.2, Multivariate = false }, new GridSettings { Points = 9 }];

    public static TheoryData<PrunerSettings> Pruners =>
        [.. PrunerSettings.All, new HyperbandSettings { MaxSteps = 27 }, new PatientSettings { Inner = new MedianSettings { WarmupSteps = 2 } }];

    [Theory]
    [MemberData(nameof(Samplers))]
    public void Samplers_survive_a_round_trip(SamplerSettings settings) =>
        Assert.Equal(settings, JsonSerializer.Deserialize<Dto>(JsonSerializer.Serialize(new Dto(settings, null)))!.Sampler);

    [Theory]
    [MemberData(nameof(Pruners))]
    public void Pruners_survive_a_round_trip(PrunerSettings settings) =>
        Assert.Equal(settings, JsonSerializer.Deserialize<Dto>(JsonSerializer.Serialize(new Dto(null, settings)))!.Pruner);

    [Theory]
    [MemberData(nameof(Samplers))]
    public void Samplers_can_be_explained(SamplerSettings settings) =>
        Assert.EndsWith(".", Explained(settings.DisplayName, settings.WhenToChoose), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Pruners))]
    public void Pruners_can_be_explained(PrunerSettings settings) =>
        Assert.EndsWith(".", Explained(settings.DisplayName, settings.WhenToChoose), StringComparison.Ordinal);

    [Fact]
    public void A_name_is_enough()
    {
        var dto = JsonSerializer.Deserialize<Dto>("""{"Sampler":"gp","Pruner":"asha"}""")!;
        Assert.Equal((new GpSettings(), new AshaSettings()), (dto.Sampler, dto.Pruner));
    }

    [Fact]
    public void The_JSON_form_is_camel_case_with_the_type_first()
    {
        Assert.Equal("""{"type":"tpe","startupTrials":10,"candidates":24,"gamma":0.1,"multivariate":true}""", JsonSerializer.Serialize(SamplerSettings.Default));
        Assert.Equal("""{"type":"none"}""", JsonSerializer.Serialize(PrunerSettings.Default));
    }

    [Theory]
    [InlineData("\"tpx\"", "sampler: \"tpx\" is unknown; there are tpe, gp, qmc, grid, random.")]
    [InlineData("7", "sampler: a name or an object with a type is needed; there are tpe, gp, qmc, grid, random.")]
    [InlineData("""{"gamma":0.1}""", "sampler: a name or an object with a type is needed; there are tpe, gp, qmc, grid, random.")]
    [InlineData("""{"type":"tpe","gama":0.1}""", "sampler: tpe has no option \"gama\"; there are startupTrials, candidates, gamma, multivariate.")]
    [InlineData("""{"type":"random","gamma":0.1}""", "sampler: random has no option \"gamma\"; it has none.")]
    [InlineData("""{"type":"tpe","gamma":"much"}""", "sampler: the option gamma of tpe has a value of the wrong kind.")]
    public void What_does_not_exist_is_answered_with_what_does(string json, string message) =>
        Assert.Equal(message, Assert.Throws<SearchException>(() => JsonSerializer.Deserialize<SamplerSettings>(json)).Message);

    public static TheoryData<SamplerSettings, string> WrongSamplers => new()
    {
        { new TpeSettings { Gamma = 1.5 }, "gamma: 1.5 is not possible; it has to be above 0 and below 1." },
        { new TpeSettings { Gamma = double.NaN }, "gamma: NaN is not possible; it has to be above 0 and below 1." },
        { new TpeSettings { Candidates = 0 }, "candidates: 0 is not possible; it has to be at least 1." },
        { new TpeSettings { StartupTrials = 0 }, "startupTrials: 0 is not possible; it has to be at least 1." },
        { new GpSettings { StartupTrials = 1 }, "startupTrials: 1 is not possible; it has to be at least 2." },
        { new GridSettings { Points = 1 }, "points: 1 is not possible; it has to be at least 2." },
    };

    [Theory]
    [MemberData(nameof(WrongSamplers))]
    public void An_option_out_of_range_is_refused(SamplerSettings settings, string message) =>
        Assert.Equal(message, Assert.Throws<SearchException>(settings.Create).Message);

    public static TheoryData<PrunerSettings, string> WrongPruners => new()
    {
        { new PercentileSettings { Percentile = 0 }, "percentile" },
        { new MedianSettings { StartupTrials = -1 }, "startupTrials" },
        { new MedianSettings { WarmupSteps = -1 }, "warmupSteps" },
        { new AshaSettings { Eta = 1 }, "eta" },
        { new HyperbandSettings { MinSteps = 0 }, "minSteps" },
        { new HyperbandSettings { MinSteps = 5, MaxSteps = 4 }, "maxSteps" },
        { new PatientSettings { Patience = 0 }, "patience" },
        { new PatientSettings { MinDelta = double.NaN }, "minDelta" },
        { new PatientSettings { Inner = new AshaSettings { MinSteps = 0 } }, "minSteps" },
        { new ThresholdSettings { Lower = 2, Upper = 1 }, "lower" },
    };

    [Theory]
    [MemberData(nameof(WrongPruners))]
    public void A_pruners_option_out_of_range_is_refused(PrunerSettings settings, string option) =>
        Assert.Equal(option, Assert.Throws<SearchException>(() => settings.Create()).Parameter);

    private static string Explained(string name, string when)
    {
        Assert.NotEmpty(name);
        return when;
    }
}
