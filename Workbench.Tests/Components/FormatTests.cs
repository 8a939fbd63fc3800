using Workbench.Components;

namespace Workbench.Tests.Components;

public sealed class FormatTests
{
    [Theory]
    [InlineData(0.98765, "0.9877")]
    [InlineData(0.0, "0")]
    [InlineData(12.5, "12.5000")]
    [InlineData(0.00001234, "1.23e-5")]
    [InlineData(1234567.0, "1.23e+6")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(null, "–")]
    public void A_value_has_four_decimals_or_a_power_of_ten(double? value, string expected) => Assert.Equal(expected, Format.Value(value));

    [Fact]
    public void A_parameter_has_at_most_four_digits_that_say_something()
    {
        Assert.Equal("0.001235", Format.Parameter(0.00123456));
        Assert.Equal("1.23e-5", Format.Parameter(0.0000123456));
        Assert.Equal("64", Format.Parameter(64));
        Assert.Equal("adam", Format.Parameter("adam"));
    }

    [Theory]
    [InlineData(0.84, "0.8 s")]
    [InlineData(42, "42 s")]
    [InlineData(125, "2 min 05 s")]
    [InlineData(7260, "2 h 01 min")]
    public void A_duration_has_the_unit_that_fits(double seconds, string expected) => Assert.Equal(expected, Format.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(512, "512 B")]
    [InlineData(1_500, "1.5 kB")]
    [InlineData(45_600_000, "45.6 MB")]
    [InlineData(312_000_000, "312 MB")]
    [InlineData(1_234_000_000, "1.23 GB")]
    public void A_size_has_the_unit_that_fits(long bytes, string expected) => Assert.Equal(expected, Format.Bytes(bytes));
}
