using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Grains;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Tests;

public sealed class TokenAndKeyTests
{
    [Fact]
    public void A_token_fits_its_own_attempt_alone()
    {
        var (one, other) = (AttemptToken.Create(), AttemptToken.Create());
        var attempt = new AttemptRecord { MachineId = "here", TokenHash = AttemptToken.Hash(one) };
        Assert.True(AttemptToken.Fits(one, attempt));
        Assert.False(AttemptToken.Fits(other, attempt));
        Assert.False(AttemptToken.Fits("", attempt));
        Assert.False(AttemptToken.Fits(attempt.TokenHash, attempt));
        Assert.DoesNotContain(one, attempt.TokenHash);
    }

    [Fact]
    public void Tokens_are_long_and_fit_a_header()
    {
        var tokens = Enumerable.Range(0, 100).Select(_ => AttemptToken.Create()).ToHashSet();
        Assert.Equal(100, tokens.Count);
        Assert.All(tokens, token => Assert.Matches("^[A-Za-z0-9_-]{43}$", token));
    }

    [Theory]
    [InlineData("17-2", 17, 2)]
    [InlineData("1-1", 1, 1)]
    public void Names_of_attempts_are_read_as_they_are_written(string text, long stage, int number)
    {
        Assert.True(AttemptKey.TryParse(text, out var key));
        Assert.Equal(new AttemptKey(stage, number), key);
        Assert.Equal(text, key.ToString());
    }

    [Theory]
    [InlineData("17")]
    [InlineData("17-2-3")]
    [InlineData("a-b")]
    [InlineData("-1-2")]
    [InlineData("1- 2")]
    [InlineData("")]
    public void Other_texts_name_no_attempt(string text) => Assert.False(AttemptKey.TryParse(text, out _));
}
