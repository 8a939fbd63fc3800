using Workbench.Components.Launch;
using Workbench.Core.Search;

namespace Workbench.Tests.Components.Launch;

public sealed class SettingsFormTests
{
    public static TheoryData<SamplerSettings> Samplers => [.. SamplerSettings.All, new TpeSettings { StartupTrials = 3, Gamma = 0.25, Multivariate = false }];

    public static TheoryData<PrunerSettings> Pruners =>
    [
        .. PrunerSettings.All,
        new HyperbandSettings { MaxSteps = 81 },
        new ThresholdSettings { Lower = 0.5 },
        new PatientSettings { Inner = new PercentileSettings { Percentile = 12.5 } },
    ];

    [Theory]
    [MemberData(nameof(Samplers))]
    public void A_sampler_comes_back_as_it_was(SamplerSettings sampler) => Assert.Equal(sampler, Form(sampler).Read());

    [Theory]
    [MemberData(nameof(Pruners))]
    public void A_pruner_comes_back_as_it_was(PrunerSettings pruner) => Assert.Equal(pruner, Form(pruner).Read());

    [Theory]
    [MemberData(nameof(Samplers))]
    public void Every_option_of_a_sampler_is_explained(SamplerSettings sampler) => Assert.All(Form(sampler).Options, o => Assert.NotEmpty(o.Hint));

    [Theory]
    [MemberData(nameof(Pruners))]
    public void Every_option_of_a_pruner_is_explained(PrunerSettings pruner) => Assert.All(Form(pruner).Options, o => Assert.NotEmpty(o.Hint));

    [Fact]
    public void Options_are_read_as_typed()
    {
        var form = Form(new TpeSettings());

        Option(form, "gamma").Text = "2e-1";
        Option(form, "multivariate").On = false;
        Option(form, "startupTrials").Text = " 7 ";

        Assert.Equal(new TpeSettings { Gamma = 0.2, Multivariate = false, StartupTrials = 7 }, form.Read());
        Assert.Equal("Startup trials", Option(form, "startupTrials").Label);
    }

    [Theory]
    [InlineData("gamma", "2", "gamma: 2 is not possible; it has to be above 0 and below 1.")]
    [InlineData("gamma", "much", "“much” is not a number.")]
    [InlineData("startupTrials", "2.5", "sampler: the option startupTrials of tpe has a value of the wrong kind.")]
    [InlineData("startupTrials", "", "sampler: the option startupTrials of tpe has a value of the wrong kind.")]
    public void What_is_wrong_is_told_at_the_option(string option, string text, string fault)
    {
        var form = Form(new TpeSettings());

        Option(form, option).Text = text;

        Assert.Equal(new KeyValuePair<string, string>(option, fault), Assert.Single(form.Faults()));
    }

    [Fact]
    public void Another_kind_comes_with_its_own_options()
    {
        var form = Form(new TpeSettings { Gamma = 0.3 });

        form.Kind = SamplerSettings.All.ToList().FindIndex(sampler => sampler is GridSettings);

        Assert.Equal("points", Assert.Single(form.Options).Name);
        Assert.Equal(new GridSettings(), form.Read());
    }

    [Fact]
    public void A_pruner_within_a_pruner_keeps_its_options_until_another_one_is_chosen()
    {
        var form = Form(new PatientSettings { Inner = new PercentileSettings { Percentile = 12.5 } });
        Option(form, "patience").Text = "5";
        Assert.Equal(new PatientSettings { Patience = 5, Inner = new PercentileSettings { Percentile = 12.5 } }, form.Read());

        Option(form, "inner").Text = "median";
        Assert.Equal(new PatientSettings { Patience = 5, Inner = new MedianSettings() }, form.Read());

        Option(form, "inner").Text = "";
        Assert.Equal(new PatientSettings { Patience = 5 }, form.Read());
    }

    private static SettingsForm<SamplerSettings> Form(SamplerSettings settings) => new(SamplerSettings.All, settings, sampler => sampler.Create());

    private static SettingsForm<PrunerSettings> Form(PrunerSettings settings) => new(PrunerSettings.All, settings, pruner => pruner.Create());

    private static OptionForm Option<T>(SettingsForm<T> form, string name)
        where T : class => form.Options.Single(option => option.Name == name);
}
