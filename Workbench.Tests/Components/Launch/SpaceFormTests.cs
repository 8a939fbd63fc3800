using Workbench.Components.Launch;
using Workbench.Core.Search;
using Workbench.Tests.Training;

namespace Workbench.Tests.Components.Launch;

public sealed class SpaceFormTests
{
    private static readonly SearchSpace Own = new(
        new FloatParameter("learning_rate", 1e-5, 0.1, Log: true), new IntParameter("num_hidden", 8, 64), new IntParameter("epochs", 3, 10));

    [Fact]
    public void What_nobody_touched_is_the_space_itself()
    {
        var form = new SpaceForm(Own, Own, new StandInPipeline(Own));

        Assert.Equal(Own, form.Read());
        Assert.Empty(form.Faults());
        Assert.Empty(form.Changed());
    }

    [Fact]
    public void Every_kind_of_parameter_comes_back_as_it_was()
    {
        var space = new SearchSpace(
            new FloatParameter("a", -1.5, 2.5, Step: 0.5), new IntParameter("b", 1, 1024, Log: true), new IntParameter("c", 8, 64, Step: 8),
            new CategoricalParameter("opt", ["adam", "sgd"]), new FloatParameter("momentum", 0, 0.99) { Condition = new("opt", ["sgd"]) },
            new CategoricalParameter("mixed", [1, 2.5, "three"]), new FixedParameter("batch", 128), new FixedParameter("rate", 1e-7));

        Assert.Equal(space, new SpaceForm(space, space, new StandInPipeline(space)).Read());
    }

    [Fact]
    public void Numbers_are_shown_as_people_write_them()
    {
        Assert.Equal(["1e-5", "0.1", "-2.5e21", "64"], new[] { 1e-5, 0.1, -2.5e21, 64 }.Select(ParameterForm.Show));
    }

    [Theory]
    [InlineData("0.2", "0.1", true, "", "Low (0.2) is above high (0.1).")]
    [InlineData("0", "0.1", true, "", "A logarithmic scale needs low above 0, not 0.")]
    [InlineData("0", "1", false, "0.3", "Step 0.3 does not divide the range from 0 to 1; high could be 0.9.")]
    [InlineData("abc", "0.1", false, "", "Low is “abc”, not a number.")]
    [InlineData("0.1", " ", false, "", "High is missing; give a number.")]
    public void A_faulty_range_is_told_at_its_parameter_in_the_words_of_the_search(string low, string high, bool log, string step, string fault)
    {
        var form = new SpaceForm(Own, Own, new StandInPipeline(Own));
        (form.Parameters[0].Low, form.Parameters[0].High, form.Parameters[0].Log, form.Parameters[0].Step) = (low, high, log, step);

        Assert.Equal(new KeyValuePair<string, string>("learning_rate", fault), Assert.Single(form.Faults()));
        Assert.Null(form.TryRead());
    }

    [Fact]
    public void Every_faulty_parameter_is_told_at_once()
    {
        var form = new SpaceForm(Own, Own, new StandInPipeline(Own));
        form.Parameters[0].Low = "1";
        form.Parameters[2].High = "2.5";

        Assert.Equal(["learning_rate", "epochs"], form.Faults().Keys);
        Assert.Equal("High is “2.5”, not a whole number.", form.Faults()["epochs"]);
    }

    [Fact]
    public void A_parameter_may_become_a_choice_or_fixed_with_values_to_begin_with()
    {
        var form = new SpaceForm(Own, Own, new StandInPipeline(Own));

        form.Parameters[0].Kind = ParameterKind.Choices;
        form.Parameters[1].Kind = ParameterKind.Fixed;

        Assert.Equal(
            new SearchSpace(new CategoricalParameter("learning_rate", [1e-5, 1e-3, 0.1]), new FixedParameter("num_hidden", 36), new IntParameter("epochs", 3, 10)),
            form.Read());
        Assert.Equal(["learning_rate", "num_hidden"], form.Changed());
    }

    [Fact]
    public void Where_the_pipeline_takes_whole_numbers_choices_and_fixed_values_have_to_be_whole()
    {
        var form = new SpaceForm(new SearchSpace(new FixedParameter("num_hidden", 32)), Own, new StandInPipeline(Own));
        form.Parameters[0].Value = "32.5";
        Assert.Equal("“32.5” is not a whole number.", form.Faults()["num_hidden"]);

        (form.Parameters[0].Kind, form.Parameters[0].Choices) = (ParameterKind.Choices, "16, many");
        Assert.Equal("“many” is not a whole number.", form.Faults()["num_hidden"]);

        form.Parameters[0].Choices = "16, 16";
        Assert.Equal("The choice 16 is given twice.", form.Faults()["num_hidden"]);
    }

    [Fact]
    public void What_an_earlier_space_lacks_of_the_pipeline_is_added_and_what_the_pipeline_does_not_read_may_go()
    {
        var form = new SpaceForm(
            new SearchSpace(new FloatParameter("learning_rate", 0.001, 0.01), new FloatParameter("warmth", 0, 1)), Own, new StandInPipeline(Own));

        Assert.Equal(["learning_rate", "warmth", "num_hidden", "epochs"], form.Parameters.Select(p => p.Name));
        Assert.Equal("warmth", Assert.Single(form.Parameters, p => !p.Known).Name);
        Assert.Equal("The pipeline 'stand-in' does not read it; it reads learning_rate, num_hidden, epochs.", form.Faults()["warmth"]);

        form.Parameters.RemoveAt(1);
        Assert.Empty(form.Faults());
    }

    [Theory]
    [InlineData("num_hidden", "-5", "-5 is not possible; it is a whole number from 1 to 65536.")]
    [InlineData("epochs", "0", "0 is not possible; it is a whole number of at least 1.")]
    [InlineData("learning_rate", "0", "0 is not possible; it is a number above 0.")]
    public void What_the_pipeline_cannot_take_is_told_as_it_is_typed(string parameter, string low, string fault)
    {
        var form = new SpaceForm(Samples.TransferSpace, Samples.TransferSpace, Samples.Transfer);
        var edited = form.Parameters.Single(p => p.Name == parameter);
        (edited.Log, edited.Low) = (false, low);

        Assert.Equal(new KeyValuePair<string, string>(parameter, fault), Assert.Single(form.Faults()));
    }

    [Fact]
    public void A_choice_that_another_parameter_depends_on_cannot_be_taken_away()
    {
        var space = new SearchSpace(new CategoricalParameter("opt", ["adam", "sgd"]), new FloatParameter("momentum", 0, 1) { Condition = new("opt", ["sgd"]) });
        var form = new SpaceForm(space, space, new StandInPipeline(space));
        Assert.Equal("when opt is sgd", form.Parameters[1].When);

        form.Parameters[0].Choices = "adam, rmsprop";

        Assert.Equal("Opt is never sgd; it is one of adam, rmsprop.", form.Faults()["momentum"]);
    }
}
