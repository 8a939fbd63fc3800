using Workbench.Commands;

namespace Workbench.Tests.Commands;

public class NumberOptionTests
{
    [Theory]
    [InlineData("--num-trials is '1.5'; it must be a whole number from 1 to 100000.", "train", "--experiment-name", "x", "--num-trials", "1.5")]
    [InlineData("--num-jobs is '65'; it must be a whole number from 1 to 64.", "train", "--experiment-name", "x", "--num-jobs", "65")]
    [InlineData("--seed is '-1'; it must be a whole number from 0 on.", "train", "--experiment-name", "x", "--seed", "-1")]
    [InlineData("--patience is ''; it must be a whole number.", "train", "--experiment-name", "x", "--patience", "")]
    [InlineData("--timeout is 'soon'; it must be a number.", "train", "--experiment-name", "x", "--timeout", "soon")]
    [InlineData("--target is 'NaN'; it must be a number.", "train", "--experiment-name", "x", "--target", "NaN")]
    [InlineData("--trial is '-1'; it must be a whole number from 0 on.", "build", "--experiment-name", "x", "--trial", "-1")]
    [InlineData("--model-version is '0'; it must be a whole number from 1 on.", "predict", "--model-version", "0", "digit.png")]
    [InlineData("--epochs is '0'; it must be a whole number from 1 to 1000.", "pretrain", "--epochs", "0")]
    [InlineData("--threads is '-2'; it must be a whole number from 1 to 1024.", "pretrain", "--threads", "-2")]
    [InlineData("--seed is 'x'; it must be a whole number.", "pretrain", "--seed", "x")]
    public void A_number_that_cannot_be_is_named_with_its_option_and_range(string said, params string[] arguments) =>
        Assert.Equal([said], new WorkbenchCommand().Parse(arguments).Errors.Select(error => error.Message));

    [Theory]
    [InlineData("train", "--experiment-name", "x", "--target", "-1e-3", "--timeout", "0.5", "--seed", "9007199254740993")]
    [InlineData("train", "--experiment-name", "x")]
    [InlineData("build", "--experiment-name", "x", "--trial", "0")]
    public void A_number_in_its_range_is_taken(params string[] arguments) =>
        Assert.Empty(new WorkbenchCommand().Parse(arguments).Errors);
}
