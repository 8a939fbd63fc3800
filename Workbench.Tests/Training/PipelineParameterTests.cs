using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Training;

namespace Workbench.Tests.Training;

/// <summary>A search space that the pipeline cannot use is refused before the first trial.</summary>
public sealed class PipelineParameterTests
{
    public static TheoryData<string> Names => [.. Samples.Pipelines.All.Select(pipeline => pipeline.Name)];

    [Theory, MemberData(nameof(Names))]
    public void The_own_space_of_a_pipeline_has_what_it_reads(string name)
    {
        var pipeline = Samples.Pipelines.Get(name);

        var space = pipeline.Space(Samples.Digits.Schema);

        Assert.Empty(pipeline.Faults(space));
        Assert.Equal(space.Select(p => p.Name).Order(), pipeline.Parameters.Where(p => !p.IsOptional).Select(p => p.Name).Order());
    }

    [Theory]
    [InlineData("""{"type":"int","low":-5,"high":8}""", "-5 is not possible; it is a whole number from 1 to 65536.")]
    [InlineData("""{"type":"int","low":8,"high":1000000}""", "1000000 is not possible; it is a whole number from 1 to 65536.")]
    [InlineData("""{"type":"fixed","value":1.5}""", "1.5 is not possible; it is a whole number from 1 to 65536.")]
    [InlineData("""{"type":"categorical","choices":[8,"many"]}""", "\"many\" is not possible; it is a whole number from 1 to 65536.")]
    [InlineData("""{"type":"float","low":8,"high":64}""", "8.5 is not possible; it is a whole number from 1 to 65536.")]
    [InlineData("""{"type":"float","low":8,"high":64,"step":8}""", null)]
    [InlineData("""{"type":"categorical","choices":[8,16.0]}""", null)]
    [InlineData("""{"type":"int","low":8,"high":64,"when":{"epochs":[3]}}""", "has to exist in every trial, not only when epochs is one of some values.")]
    public void Every_value_a_parameter_may_have_has_to_be_possible(string json, string? fault)
    {
        var space = SearchSpace.Parse($$"""
            {"learning_rate":{"type":"fixed","value":0.1},"l1":{"type":"fixed","value":0},"l2":{"type":"fixed","value":0},
             "epochs":{"type":"fixed","value":3},"num_hidden":{{json}}}
            """);

        Assert.Equal(fault is null ? [] : [("num_hidden", $"num_hidden: {fault}")], Samples.Transfer.Faults(space));
    }

    [Theory]
    [InlineData(0.5, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(1.5, false)]
    public void Dropout_is_a_share_below_1(double dropout, bool possible) =>
        Assert.Equal(possible, Samples.Cnn.Parameters.Single(p => p.Name == "dropout").Takes(dropout));

    [Fact]
    public void What_is_missing_and_what_is_not_read_is_named()
    {
        SearchSpace space = new([.. Samples.TransferSpace.Where(p => p.Name != "epochs"), new FloatParameter("dropout", 0, 0.5)]);

        Assert.Equal(
            [
                ("dropout", "dropout: the pipeline 'transfer' does not read it; it reads learning_rate, l1, l2, num_hidden, epochs, flips."),
                ("epochs", "epochs: missing; the pipeline 'transfer' needs learning_rate, l1, l2, num_hidden, epochs."),
            ],
            Samples.Transfer.Faults(space));
    }

    [Theory]
    [InlineData("o\0pt", "adam", "o\0pt", "The name of a parameter holds the character NUL, which is no text.")]
    [InlineData("opt", "ad\0am", "opt", "opt: a choice holds the character NUL, which is no text.")]
    public void Names_and_choices_have_to_be_text(string name, string choice, string parameter, string fault) => Assert.Equal(
        [(parameter, fault)],
        StudyRequest.SpaceFaults(new([.. Samples.TransferSpace, new CategoricalParameter(name, [choice])]), Samples.Transfer));

    [Fact]
    public void What_libtorch_refuses_is_told_in_a_sentence_without_the_frames_of_its_code()
    {
        var failure = Assert.Throws<TrainingException>(
            () => Samples.Train(Samples.Transfer, Samples.Request(Samples.Head(units: -5))));

        Assert.DoesNotContain('\n', failure.Message);
        Assert.DoesNotContain("Exception raised from", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Exception raised from", failure.InnerException!.Message, StringComparison.Ordinal);
    }
}
