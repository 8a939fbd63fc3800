using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Workbench.Commands;
using Workbench.Core.Configuration;

namespace Workbench.Tests.Configuration;

public sealed class SettingsTests
{
    [Fact]
    public void What_is_not_set_or_blank_has_its_default()
    {
        var options = Settings.Read<Kitchen>(("Kitchen:Ovens", " "));

        Assert.Equal((2, TimeSpan.FromMinutes(8), null), (options.Ovens, options.Boiling, options.Gas));
    }

    [Fact]
    public void Values_are_read_by_their_names_and_other_names()
    {
        var options = Settings.Read<Kitchen>(("OVENS", "3"), ("Kitchen:Boiling", "00:03:30"), ("Kitchen:Gas", "True"));

        Assert.Equal((3, TimeSpan.FromSeconds(210), true), (options.Ovens, options.Boiling, options.Gas));
    }

    [Fact]
    public void All_wrong_settings_are_told_at_once_each_in_a_sentence_that_says_what_would_be_right() => Assert.Equal(
        [
            "OVENS is '5'; it must be a whole number from 1 to 4.",
            "Kitchen:Boiling is '8'; it must be a time such as 00:00:30 (hours, minutes, seconds), from 00:00:01 to 01:00:00.",
            "Kitchen:Gas is 'perhaps'; it must be true or false.",
            "Kitchen:Heat is 'warmish'; it must be one of low, high.",
        ],
        // 8 would be eight days.
        Settings.FaultsOf<Kitchen>(("OVENS", "5"), ("Kitchen:Boiling", "8"), ("Kitchen:Gas", "perhaps"), ("Kitchen:Heat", "warmish")));

    [Theory]
    [InlineData("many")]
    [InlineData("99999999999")]
    [InlineData("1.5")]
    public void What_is_no_number_is_told_like_one_that_is_out_of_range(string value) =>
        Assert.Equal([$"Kitchen:Ovens is '{value}'; it must be a whole number from 1 to 4."], Settings.FaultsOf<Kitchen>(("Kitchen:Ovens", value)));

    [Fact]
    public void A_secret_is_not_repeated() =>
        Assert.Equal(["Kitchen:Recipe is not right; it must be short."], Settings.FaultsOf<Kitchen>(("Kitchen:Recipe", "grandmother's pie")));

    [Fact]
    public void What_was_typed_comes_before_the_rest_and_is_called_by_its_option()
    {
        var typed = new CommandLineSettings();
        typed.Add(new SettingAttribute("Kitchen:Ovens") { Option = "--ovens" }, "4");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Kitchen:Ovens", "1")]).Add(typed).Build();
        Assert.Equal(4, Settings.Read<Kitchen>(configuration).Ovens);

        typed.Add(new SettingAttribute("Kitchen:Ovens") { Option = "--ovens" }, "40");

        Assert.Contains("--ovens is '40'; it must be a whole number from 1 to 4.",
            Assert.ThrowsAny<Exception>(() => Settings.Read<Kitchen>(configuration)).Message);
    }

    public enum Heat
    {
        Low,
        High,
    }

    public sealed class Kitchen
    {
        [Setting("Kitchen:Ovens", "OVENS"), Range(1, 4)]
        public int Ovens { get; set; } = 2;

        [Setting("Kitchen:Boiling"), Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
        public TimeSpan Boiling { get; set; } = TimeSpan.FromMinutes(8);

        [Setting("Kitchen:Gas")]
        public bool? Gas { get; set; }

        [Setting("Kitchen:Heat")]
        public Heat Heat { get; set; }

        [Setting("Kitchen:Recipe", Secret = true), StringLength(10, ErrorMessage = "short")]
        public string? Recipe { get; set; }
    }
}
