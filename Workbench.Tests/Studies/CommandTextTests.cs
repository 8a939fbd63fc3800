using System.Text.Json;
using Workbench.Core.Commands;
using Workbench.Core.Search;

namespace Workbench.Tests.Studies;

/// <summary>From a command line to the arguments of a trial, and from what it prints to metrics.</summary>
public class CommandTextTests
{
    [Theory]
    [InlineData("python train.py", "python|train.py")]
    [InlineData("  a   b\t", "a|b")]
    [InlineData("a 'b c' \"d e\"", "a|b c|d e")]
    [InlineData("a --name='b c'd", "a|--name=b cd")]
    [InlineData("a \"\" ''", "a||")]
    [InlineData("""a "say \"hi\" \\ \n" """, """a|say "hi" \ \n""")]
    [InlineData("""a 'C:\x\' C:\y""", """a|C:\x\|C:\y""")]
    [InlineData("a $HOME * ; b > c", "a|$HOME|*|;|b|>|c")]
    public void A_line_is_split_by_spaces_and_quotes_and_nothing_else(string line, string arguments) =>
        Assert.Equal(arguments.Split('|'), new CommandText(line).Arguments());

    [Fact]
    public void A_quote_that_is_not_closed_is_said() =>
        Assert.Throws<FormatException>(() => new CommandText("a 'b").Arguments());

    [Theory]
    [InlineData("\"a 'b c'\"")]
    [InlineData("[\"a\",\"b c\"]")]
    public void As_JSON_it_is_a_text_or_a_list(string json)
    {
        var command = JsonSerializer.Deserialize<CommandText>(json)!;

        Assert.Equal(["a", "b c"], command.Arguments());
        Assert.Equal(json, JsonSerializer.Serialize(command).Replace("\\u0027", "'", StringComparison.Ordinal));
    }

    [Fact]
    public void Placeholders_are_replaced_within_their_argument()
    {
        var values = new Dictionary<string, string> { ["lr"] = "0.1", ["opt"] = "a b" };

        Assert.Equal(
            ["--lr=0.1", "a b", "{lr}", """{"lr": 0.1}""", "[]"],
            Placeholders.Fill(["--lr={lr}", "{opt}", "{{lr}}", """{"lr": {lr}}""", "[{momentum}]"], values));
    }

    [Fact]
    public void A_placeholder_that_is_no_parameter_is_found()
    {
        var space = new SearchSpace(new FloatParameter("lr", 0, 1));

        Assert.Equal("rate", Placeholders.Unknown(["--lr", "{lr}", "--rate={rate}"], space));
        Assert.Null(Placeholders.Unknown(["{lr}", "{trial}", "{output}", "{study}", "{{rate}}", """{"a": 1}"""], space));
    }

    [Theory]
    [InlineData("learning_rate", "WORKBENCH_PARAM_LEARNING_RATE")]
    [InlineData("n-größe.2", "WORKBENCH_PARAM_N_GR__E_2")]
    public void A_parameter_has_a_variable(string parameter, string variable) => Assert.Equal(variable, Placeholders.Variable(parameter));

    [Theory]
    [InlineData("loss=0.5", null, "loss=0.5")]
    [InlineData("step=3 loss=0.5, acc=1e-2", 3, "loss=0.5 acc=0.01")]
    [InlineData("""{"step": 4, "loss": 0.25, "name": "x"}""", 4, "loss=0.25")]
    [InlineData("""{"loss": NaN, "up": Infinity, "down": -Infinity}""", null, "loss=NaN up=Infinity down=-Infinity")]
    [InlineData("loss=nan up=inf", null, "loss=NaN up=Infinity")]
    public void A_line_of_metrics_is_understood(string line, int? step, string values)
    {
        var read = MetricLine.Read(line)!;

        Assert.Equal(step, read.Step);
        Assert.Equal(values, string.Join(' ', read.Values.Select(value => FormattableString.Invariant($"{value.Key}={value.Value}"))));
    }

    [Theory]
    [InlineData("Epoch 3: loss=0.5")]
    [InlineData("loss = 0.5")]
    [InlineData("loss=")]
    [InlineData("=1")]
    [InlineData("path=/a=1")]
    [InlineData("step=-1 loss=2")]
    [InlineData("step=0.5 loss=2")]
    [InlineData("step=1")]
    [InlineData("{\"name\": \"x\"}")]
    [InlineData("{half")]
    [InlineData("[1, 2]")]
    [InlineData("")]
    public void Any_other_line_is_only_output(string line) => Assert.Null(MetricLine.Read(line));
}
