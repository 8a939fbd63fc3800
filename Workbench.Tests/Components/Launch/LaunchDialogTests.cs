using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Components.Launch;
using Workbench.Core.Datasets;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Tests.Datasets;

namespace Workbench.Tests.Components.Launch;

public sealed class LaunchDialogTests : LaunchTests
{
    [Fact]
    public void Proposes_the_first_free_name()
    {
        Assert.Equal("mnist-transfer-1", LaunchForm.FreeName("mnist-transfer", []));
        Assert.Equal("mnist-transfer-2", LaunchForm.FreeName("mnist-transfer", ["mnist-transfer-1", "mnist-transfer-3"]));
        Assert.Equal("mnist-cnn-1", LaunchForm.FreeName("mnist-cnn", ["mnist-transfer-1", "other"]));
        Assert.Equal("other-2", LaunchForm.FreeName("other", ["mnist-transfer-1", "other"], 2));
    }

    [SkippableFact]
    public async Task A_study_is_launched_with_what_was_typed()
    {
        await OpenAsync();
        await Dialogs.InvokeAsync(() => Dialogs.Find("#name").InputAsync("typed"));
        await Dialogs.InvokeAsync(() => Dialogs.Find("#trials").InputAsync("7"));
        await EnterAsync("space.learning_rate.low", "2e-3");
        await ChooseAsync("space.num_hidden.kind", "Choices");
        await EnterAsync("space.num_hidden.choices", "16, 32");
        await EnterAsync("sampler.gamma", "0.2");
        await EnterAsync("split.validation", "0.25");
        await EnterAsync("stopping.minutes", "1.5");
        await EnterAsync("enqueue", """{"l1": 0.01}""");

        await Dialogs.InvokeAsync(() => Dialogs.Find("#launch").SubmitAsync());

        Assert.Equal("typed", await Launched.WaitAsync(Limit));
        Assert.Empty(Dialogs.FindAll("#dataset-version"));
        var study = (await Store.Queries.GetAsync("typed")).Study;
        Assert.Equal(7, study.TrialsRequested);
        Assert.Equal(new FloatParameter("learning_rate", 2e-3, 0.01, Log: true), study.SearchSpace.Find("learning_rate"));
        Assert.Equal(new CategoricalParameter("num_hidden", [16, 32]), study.SearchSpace.Find("num_hidden"));
        Assert.Equal(new TpeSettings { Gamma = 0.2 }, study.Sampler);
        Assert.Contains("0.25", study.Split, StringComparison.Ordinal);
        Assert.Equal(new StoppingRule { Seconds = 90 }, study.Stopping);
    }

    [SkippableFact]
    public async Task Nothing_can_be_launched_while_a_range_is_faulty_and_the_fault_is_at_the_parameter()
    {
        await OpenAsync();

        await EnterAsync("space.epochs.low", "12");

        Assert.Equal("Low (12) is above high (10).", Dialogs.Find("[id='space.epochs.fault']").TextContent);
        Assert.Equal("true", Field("space.epochs.low").GetAttribute("aria-invalid"));
        Assert.Equal("false", Field("space.epochs.step").GetAttribute("aria-invalid"));
        Assert.True(Dialogs.Find("button[type=submit]").HasAttribute("disabled"));
        Assert.True(Dialogs.FindAll("details")[0].HasAttribute("open"));

        await EnterAsync("space.epochs.high", "15");

        Assert.False(Dialogs.Find("button[type=submit]").HasAttribute("disabled"));
        Assert.Contains("Changed from the pipeline's own: epochs", Dialogs.Find(".changed").TextContent, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Like_an_earlier_study_fills_in_its_whole_configuration()
    {
        var earlier = await EarlierAsync("careful");
        await OpenAsync();

        await ChooseAsync("from", "careful");
        Dialogs.WaitForAssertion(() => Assert.Equal("0.25", Field("space.dropout.value").GetAttribute("value")));

        Assert.Equal("careful-2", Dialogs.Find("#name").GetAttribute("value"));
        await Dialogs.InvokeAsync(() => Dialogs.Find("#launch").SubmitAsync());
        Assert.Equal("careful-2", await Launched.WaitAsync(Limit));
        var again = (await Store.Queries.GetAsync("careful-2")).Study;
        Assert.Equal(
            (earlier.Pipeline, earlier.SearchSpace, earlier.Sampler, earlier.Pruner, earlier.Seed, earlier.Jobs, earlier.TrialsRequested, earlier.Stopping),
            (again.Pipeline, again.SearchSpace, again.Sampler, again.Pruner, again.Seed, again.Jobs, again.TrialsRequested, again.Stopping));
        Assert.Contains("own", again.Split, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task To_launch_again_begins_with_the_study_and_its_space_unfolded()
    {
        await EarlierAsync("careful-7");

        await OpenAsync("careful-7");

        Assert.Equal("careful-1", Dialogs.Find("#name").GetAttribute("value"));
        Assert.Equal("cnn", Dialogs.Find("#pipeline").GetAttribute("value"));
        Assert.True(Dialogs.FindAll("details")[0].HasAttribute("open"));
        Assert.False(Dialogs.FindAll("details")[1].HasAttribute("open"));
    }

    [SkippableFact]
    public async Task The_version_of_the_dataset_can_be_chosen_where_there_are_several_and_is_the_newest_else()
    {
        foreach (var each in (int[])[5, 6])
        {
            using var zip = new ZipSource(new MemoryStream(SmallPictures.Zip(SmallPictures.In(["a", "b"], each))), "set.zip", 1L << 30);
            await Services.GetRequiredService<DatasetImporter>().ImportAsync("set", zip);
        }

        await OpenAsync(dataset: "set", version: 1);
        Assert.Equal("1", Dialogs.Find("#dataset-version").GetAttribute("value"));
        Assert.Contains("10 pictures", Dialogs.Find("#dataset-hint").TextContent, StringComparison.Ordinal);
        await Dialogs.InvokeAsync(() => Dialogs.Find("#launch").SubmitAsync());
        Assert.Equal(1, (await Store.Queries.GetAsync((await Launched.WaitAsync(Limit))!)).Study.DatasetVersion);

        await OpenAsync(dataset: "set");
        Assert.Equal("2", Dialogs.Find("#dataset-version").GetAttribute("value"));
        Assert.Contains("12 pictures", Dialogs.Find("#dataset-hint").TextContent, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_study_that_was_deleted_meanwhile_leaves_the_defaults()
    {
        await OpenAsync("gone");

        Assert.Contains("no study 'gone'", Dialogs.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("transfer", Dialogs.Find("#pipeline").GetAttribute("value"));
    }

    [SkippableFact]
    public async Task A_name_that_a_person_typed_stays_when_the_pipeline_is_changed()
    {
        await OpenAsync();
        await Dialogs.InvokeAsync(() => Dialogs.Find("#pipeline").ChangeAsync("cnn"));
        Assert.Equal("mnist-cnn-1", Dialogs.Find("#name").GetAttribute("value"));
        Assert.NotEmpty(Dialogs.FindAll("[name='space.dropout.low']"));

        await Dialogs.InvokeAsync(() => Dialogs.Find("#name").InputAsync("mine"));
        await Dialogs.InvokeAsync(() => Dialogs.Find("#pipeline").ChangeAsync("transfer"));

        Assert.Equal("mine", Dialogs.Find("#name").GetAttribute("value"));
        Assert.Empty(Dialogs.FindAll("[name='space.dropout.low']"));
    }

    [SkippableFact]
    public async Task What_the_workbench_refuses_is_told_at_the_field_and_what_was_typed_stays()
    {
        await Store.StudyAsync(trials: 3, name: "empty");
        await OpenAsync();
        await Dialogs.InvokeAsync(() => Dialogs.Find("#trials").InputAsync("9"));
        await ChooseAsync("warmStart", "empty");

        await Dialogs.InvokeAsync(() => Dialogs.Find("#launch").SubmitAsync());

        Dialogs.WaitForAssertion(() => Assert.Equal("fault", Dialogs.Find("#warm-start-hint").ClassName));
        Assert.Contains("empty", Dialogs.Find("#warm-start-hint").TextContent, StringComparison.Ordinal);
        Assert.Equal("9", Dialogs.Find("#trials").GetAttribute("value"));
        Assert.False(Launched.IsCompleted);
    }

    [SkippableFact]
    public async Task The_duration_is_unknown_until_trials_have_run_here()
    {
        await OpenAsync();

        Assert.Contains("Duration unknown yet", Dialogs.Find(".estimate").TextContent, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_duration_is_estimated_from_earlier_trials_and_says_so()
    {
        var earlier = await Store.StudyAsync(trials: 4, name: "earlier");
        for (var i = 0; i < 4; i++)
        {
            Finish(earlier, i, 0.1 * i);
        }

        await OpenAsync();

        Assert.Contains("A few seconds", Dialogs.Find(".estimate").TextContent, StringComparison.Ordinal);
        Assert.Contains("from the last 4 trials of earlier here", Dialogs.Find(".estimate").TextContent, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_best_of_a_study_becomes_the_first_parameter_set_as_far_as_the_space_has_it()
    {
        // Begun when a study could still have parameters that its pipeline does not read.
        var earlier = await Store.StudyAsync(trials: 1, name: "careful");
        var trial = Store.Claim(earlier, "job");
        Store.Runs.SetParams(trial.Lease, new ParameterSet(("l1", 0.01), ("x", 0.5)));
        Store.Runs.Finish(trial.Lease, TrialState.Complete, 0.9);
        await OpenAsync();

        await ChooseAsync("enqueue.best", "careful");
        await ChooseAsync("enqueue.best", "careful");

        Assert.Equal("[\n  {\"l1\":0.01},\n  {\"l1\":0.01}\n]", Field("enqueue").GetAttribute("value"));
    }

    [SkippableTheory]
    [InlineData("[{\"l1\": 2}]", "l1: 2 is not possible; it lies from 0 to 0.02.")]
    [InlineData("[{}, {\"l9\": 2}]", "Set 2: l9: not in the search space")]
    [InlineData("[{\"l1\": ", "Not JSON, see line 1.")]
    public async Task A_first_parameter_set_that_is_not_possible_is_told_at_once(string json, string fault)
    {
        await OpenAsync();

        await EnterAsync("enqueue", json);

        Assert.StartsWith(fault, Dialogs.Find("#enqueue-hint").TextContent, StringComparison.Ordinal);
        Assert.True(Dialogs.Find("button[type=submit]").HasAttribute("disabled"));
    }

    [SkippableFact]
    public async Task Every_input_has_a_name_of_its_own_by_which_what_was_typed_can_be_restored()
    {
        await OpenAsync();

        var names = Dialogs.FindAll("#launch input, #launch select, #launch textarea").Select(input => input.GetAttribute("name")).ToList();

        Assert.DoesNotContain(null, names);
        Assert.Equal(names.Distinct(), names);
    }

    private async Task<Study> EarlierAsync(string name, string pipeline = "cnn", SearchSpace? space = null)
    {
        var request = new StudyRequest(
            name, 11, 3, pipeline, "mnist", new TpeSettings { StartupTrials = 4 }, new PatientSettings { Patience = 2 }, 12345,
            space ?? new SearchSpace(
                new FloatParameter("learning_rate", 1e-4, 1e-2, Log: true), new FixedParameter("dropout", 0.25), new CategoricalParameter("batch_size", [64, 128]),
                new FixedParameter("weight_decay", 1e-4), new IntParameter("channels", 8, 16, Step: 8), new FixedParameter("epochs", 2)),
            new SplitSettings(SplitKind.Own),
            new StoppingRule { Patience = 5 });
        return (await Services.GetRequiredService<StudyService>().LaunchAsync(request)).Summary.Study;
    }
}
