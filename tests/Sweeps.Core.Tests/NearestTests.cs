namespace Sweeps.Core.Tests;

public sealed class NearestTests
{
    private static readonly string[] Words = ["method", "metric", "parameters", "seeds", "name"];

    [Theory]
    [InlineData("metod", "method")]
    [InlineData("Method", "method")]
    [InlineData("emthod", "method")]
    [InlineData("metrics", "metric")]
    [InlineData("params", null)]
    [InlineData("seed", "seeds")]
    [InlineData("nmae", "name")]
    [InlineData("colours", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void A_small_slip_finds_its_word_and_another_word_finds_none(string word, string? expected) => Assert.Equal(expected, Nearest.To(word, Words));

    [Fact]
    public void Nothing_is_near_when_there_is_nothing() => Assert.Null(Nearest.To("a", []));
}
