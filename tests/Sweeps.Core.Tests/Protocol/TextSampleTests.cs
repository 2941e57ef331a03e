using Sweeps.Core.Protocol;

namespace Sweeps.Core.Tests.Protocol;

public sealed class TextSampleTests
{
    private static readonly TextSample Good = new(0, 100, "\n", "To be \u202E<b>", "not");

    [Fact]
    public void Any_text_of_a_fitting_length_can_be_stored()
    {
        Assert.Null(Good.Problem);
        Assert.Null((Good with { Number = TextSample.Most - 1, Prompt = "", Text = new string('a', TextSample.MostCharacters), Expected = null }).Problem);
    }

    [Fact]
    public void What_cannot_be_stored_says_why()
    {
        Assert.Contains("'number' is a whole number from 0 to 19, not 20", (Good with { Number = TextSample.Most }).Problem);
        Assert.Contains("not -1", (Good with { Number = -1 }).Problem);
        Assert.Contains("'step' is not negative", (Good with { Step = -1 }).Problem);
        Assert.Contains("one is missing", (Good with { Text = null! }).Problem);
        Assert.Contains("at most 10000 characters", (Good with { Expected = new string('a', TextSample.MostCharacters + 1) }).Problem);
        Assert.Contains("the character 0", (Good with { Prompt = "a\0" }).Problem);
    }
}
