using Sweeps.Core.Commands;

namespace Sweeps.Core.Tests.Commands;

public sealed class MetricLinesTests
{
    private const string NanoGpt = "step {step}: train loss {train_loss}, val loss {val_loss}";
    private const string Modded = "step:{step}/{_} val_loss:{val_loss} train_time:{train_time_ms}ms";

    [Theory]
    [InlineData(NanoGpt, "step 250: train loss 2.3991, val loss 2.4051", "train_loss 250=2.3991 val_loss 250=2.4051")]
    [InlineData(Modded, "step:125/5100 val_loss:6.4286 train_time:21373ms step_avg:170.98ms", "val_loss 125=6.4286 train_time_ms 125=21373")]
    [InlineData(NanoGpt, "[rank 0]  step 5:   train loss -1e-3,\tval loss .5", "train_loss 5=-0.001 val_loss 5=0.5")]
    [InlineData(NanoGpt, "step 5: train loss nan, val loss -inf", "train_loss 5=NaN val_loss 5=-Infinity")]
    [InlineData(NanoGpt, "step 5: train loss 1.5e+2, val loss +3.", "train_loss 5=150 val_loss 5=3")]
    [InlineData(NanoGpt, "microstep 5: train loss 1, val loss 2", "")]
    [InlineData(NanoGpt, "step 5: train loss x, val loss 2", "")]
    [InlineData(NanoGpt, "step 5.5: train loss 1, val loss 2", "")]
    [InlineData(NanoGpt, "step -5: train loss 1, val loss 2", "")]
    [InlineData(NanoGpt, "step 2147483648: train loss 1, val loss 2", "")]
    [InlineData(NanoGpt, "step 10.0: train loss 1, val loss 2", "train_loss 10=1 val_loss 10=2")]
    [InlineData("{{'loss': {loss}, {_}'step': {step}}}", "{'loss': 0.25, 'epoch': 1.0, 'step': 40}", "loss 40=0.25")]
    [InlineData("({step}) acc/top-1 = {acc/top-1}%", "epoch 3 (12) acc/top-1 = 71.5% of all", "acc/top-1 12=71.5")]
    public void A_pattern_finds_its_numbers(string pattern, string line, string expected) => Assert.Equal(expected, Points([pattern], line));

    [Theory]
    [InlineData("{\"step\": 250, \"val_loss\": 1.93}", "val_loss 250=1.93")]
    [InlineData("  {\"val_loss\":1.93,\"step\":250.0,\"note\":\"x\",\"ok\":true,\"list\":[1],\"none\":null}  ", "val_loss 250=1.93")]
    [InlineData("{\"step\": 1, \"loss\": NaN, \"a\": Infinity, \"b\": -Infinity}", "loss 1=NaN a 1=Infinity b 1=-Infinity")]
    [InlineData("{\"step\": 1, \"NaN \\\" NaN\": 2, \"loss\": NaN}", "NaN \" NaN 1=2 loss 1=NaN")]
    [InlineData("{\"step\": 1, \"val\": {\"loss\": 2, \"by\": {\"set\": 3}}}", "val.loss 1=2 val.by.set 1=3")]
    [InlineData("{\"step\": 0, \"loss\": 1}", "loss 0=1")]
    [InlineData("{\"loss\": 1}", "")]
    [InlineData("{\"step\": \"5\", \"loss\": 1}", "")]
    [InlineData("{\"step\": 1.5, \"loss\": 1}", "")]
    [InlineData("{\"step\": -1, \"loss\": 1}", "")]
    [InlineData("{\"step\": 5, \"loss\": 1", "")]
    [InlineData("{\"step\": 5, \"\\ud800\": 1}", "")]
    [InlineData("[1, 2]", "")]
    [InlineData("plain text", "")]
    [InlineData("", "")]
    public void A_line_of_json_gives_its_numbers(string line, string expected) => Assert.Equal(expected, Points([], line));

    [Fact]
    public void Tokens_count_for_the_points_from_their_line_on()
    {
        var lines = new MetricLines([MetricPattern.Read("at {step} after {tokens}: {loss}", out _, out _)!]);
        Assert.Equal(0, lines.Read("{\"step\": 1, \"loss\": 2}", 1)[0].Tokens);
        Assert.Equal((640L, 2.5), lines.Read("{\"step\": 2, \"loss\": 2, \"tokens\": 640}", 2.5).Select(point => (point.Tokens, point.Seconds)).Single());
        Assert.Equal(640, lines.Read("{\"step\": 3, \"loss\": 2}", 3)[0].Tokens);
        Assert.Equal(900, lines.Read("at 4 after 900: 1.5", 3)[0].Tokens);
    }

    [Fact]
    public void A_line_that_several_patterns_fit_gives_the_points_of_each() =>
        Assert.Equal("a 1=2 b 1=3", Points(["{step} a {a}", "{step} a {_} b {b}"], "1 a 2 b 3"));

    [Theory]
    [InlineData("loss {loss}", 0, "a pattern needs {step}")]
    [InlineData("", 0, "a pattern needs {step}")]
    [InlineData("step {step}", 0, "needs a metric beside {step}")]
    [InlineData("step {step}: {_}", 0, "needs a metric beside {step}")]
    [InlineData("step {step}: {loss", 13, "'{' has no '}'")]
    [InlineData("step {step}: loss}", 17, "'}' has no '{'")]
    [InlineData("step {step}: {a b}", 13, "{a b} is not the name of a metric")]
    [InlineData("step {step}: {}", 13, "{} is not the name of a metric")]
    [InlineData("step {step}: {loss} {loss}", 20, "{loss} is written twice")]
    [InlineData("step {step}{loss}", 11, "{loss} follows another number")]
    public void What_is_no_pattern_is_refused_at_its_place(string text, int at, string expected)
    {
        Assert.Null(MetricPattern.Read(text, out var problem, out var offset));
        Assert.Contains(expected, problem);
        Assert.Equal(at, offset);
    }

    [Fact]
    public void A_pattern_that_is_far_too_long_is_refused()
    {
        Assert.Null(MetricPattern.Read("step {step} loss {loss}" + string.Concat(Enumerable.Repeat("+1", 5000)), out var problem, out _));
        Assert.Contains("too long", problem);
    }

    private static string Points(string[] patterns, string line) => string.Join(' ', new MetricLines([.. patterns.Select(text => MetricPattern.Read(text, out _, out _)!)])
        .Read(line, 0).Select(point => FormattableString.Invariant($"{point.Metric} {point.Step}={point.Value}")));
}
