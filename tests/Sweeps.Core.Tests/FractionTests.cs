namespace Sweeps.Core.Tests;

public sealed class FractionTests
{
    [Theory]
    [InlineData("2/3", "2/3")]
    [InlineData(" 4 / 6 ", "2/3")]
    [InlineData("0.5", "1/2")]
    [InlineData(".25", "1/4")]
    [InlineData("1e-1", "1/10")]
    [InlineData("2.5e1", "25")]
    [InlineData("-0.5", "-1/2")]
    [InlineData("3.", "3")]
    public void Numbers_are_read_exactly(string text, string expected)
    {
        Assert.True(Fraction.TryParse(text, out var fraction));
        Assert.Equal(expected, fraction.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("1/0")]
    [InlineData("1/2/3")]
    [InlineData("a")]
    [InlineData("1e")]
    [InlineData("1e99999999999")]
    public void Other_texts_are_not_numbers(string text) => Assert.False(Fraction.TryParse(text, out _));

    [Theory]
    [InlineData("2/3", 1000, 667)]
    [InlineData("1/2", 1001, 501)]
    [InlineData("1/3", 1500, 500)]
    [InlineData("0.1", 4, 0)]
    [InlineData("-1/2", 1, 0)]
    [InlineData("-2/3", 1, -1)]
    public void The_nearest_step_is_taken_and_halves_go_up(string text, long steps, long expected)
    {
        Assert.True(Fraction.TryParse(text, out var fraction));
        Assert.Equal(expected, fraction.RoundedTimes(steps));
    }

    [Theory]
    [InlineData("1/3", 10, 4)]
    [InlineData("1/3", 9, 3)]
    [InlineData("0", 9, 0)]
    [InlineData("-1/3", 10, -3)]
    public void A_product_is_rounded_up_exactly(string text, long factor, long expected)
    {
        Assert.True(Fraction.TryParse(text, out var fraction));
        Assert.Equal(expected, fraction.CeilingTimes(factor));
    }
}
