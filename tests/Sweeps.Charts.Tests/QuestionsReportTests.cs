using Sweeps.Charts.Reports;
using Sweeps.Core.Statistics;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Charts.Tests;

public sealed class QuestionsReportTests
{
    [Fact]
    public void Each_question_has_its_claim_its_answer_and_its_numbers()
    {
        var content = Content("first", claim: "Two tokens are better than one (somebody, 2024).");
        var text = QuestionsReport.Text([content, Content("second")]);
        Assert.Contains("2 questions, 0 runs of 3,000 steps together; 2,468 steps were trained, and 532 (18%) were saved", text);
        Assert.Contains("Training took 3 min 20 s, added up over all slots; without sharing it would have taken 4 min 20 s.", text);
        Assert.Contains("1,234 steps trained, 266 (18%) saved by sharing. Training took 1 min 40 s, added up over all slots; without sharing it would have taken 2 min 10 s.", text);
        Assert.Contains("**Claim.** Two tokens are better than one (somebody, 2024).", text);
        Assert.Contains($"**Answer.** {content.Summary.Verdict.Split('\n')[0]}", text);
        var second = content.Summary.Configurations[1];
        Assert.Contains(FormattableString.Invariant($"| heads=2 | 3 | {second.Mean:0.0000} \\[{second.Interval!.Low:0.0000}, {second.Interval.High:0.0000}\\] |"), text);
        var row = Assert.Single(text.Split('\n'), line => line.Contains("Two tokens", StringComparison.Ordinal) && line.StartsWith('|'));
        var telling = content.Summary.Configurations.Where(one => one.Difference is not null).OrderBy(one => one.Standing != Standing.Better).ThenBy(one => one.Difference).First();
        Assert.Contains($"{telling.Label}: val\\_loss {MetricText.Signed(telling.Difference!.Value)} (", row);
        Assert.EndsWith("| 18% |", row);
        Assert.DoesNotContain("**Claim.**", text[text.IndexOf("## second", StringComparison.Ordinal)..]);
    }

    [Fact]
    public void The_p_value_of_a_sweep_that_adds_seeds_stands_beside_the_level_of_its_look()
    {
        var spec = SweepFile.Parse(ExampleSweep.Yaml().Replace("seeds: 3", "seeds: {min: 3, max: 9, until: 'p < 0.01'}", StringComparison.Ordinal), "example.yaml");
        var curves = ExampleSweep.Curves(spec);
        var content = Content("example") with { Spec = spec, Curves = curves, Summary = ExampleSweep.Summary(spec, curves) };
        var heads = content.Summary.Configurations[1];
        var row = QuestionsReport.Text([content]).Split('\n').Single(line => line.StartsWith("| example |", StringComparison.Ordinal));
        Assert.Null(heads.AdjustedP);
        Assert.EndsWith($"| 3 | {ProbabilityText.Small(heads.P!.Value)} (level {ProbabilityText.Small(heads.Level!.Value)}) | 18% |", row);
    }

    [Fact]
    public void Texts_of_others_are_no_markup()
    {
        const string hostile = "a | b\n# c <script>alert(1)</script> ![x](http://example.org/x.png) `d`";
        var text = QuestionsReport.Text([Content("first", claim: hostile)]);
        var rows = text.Split('\n').Where(line => line.StartsWith('|')).ToArray();
        Assert.Contains("**Claim.** a \\| b \\# c \\<script\\>alert(1)\\</script\\> \\!\\[x\\](http://example.org/x.png) \\`d\\`", text);
        Assert.All(rows[..3], row => Assert.Equal(8 + 1, row.Replace("\\|", "", StringComparison.Ordinal).Count(letter => letter == '|')));
    }

    [Fact]
    public void A_sweep_that_has_not_begun_is_told_as_such()
    {
        var spec = ExampleSweep.Spec();
        var text = QuestionsReport.Text([Content("first") with { Spec = spec, Summary = ExampleSweep.Summary(spec, []), Curves = [] }]);
        Assert.Contains("No verdict", text);
        Assert.Matches(@"\| nothing to compare \| No verdict[^|]* \| – \| – \|", text);
        Assert.DoesNotContain("NaN", text);
    }

    [Theory]
    [InlineData(1.46968, "1.4697")]
    [InlineData(-0.5, "-0.5000")]
    [InlineData(0.0000031, "3.1e-6")]
    [InlineData(0, "0.0000")]
    [InlineData(812.345, "812.3")]
    [InlineData(24310.4, "24,310")]
    public void Metrics_are_written_with_the_digits_they_are_good_for(double value, string text) => Assert.Equal(text, MetricText.Of(value));

    [Theory]
    [InlineData(0.000268, "2.7e-4")]
    [InlineData(0.0031, "0.0031")]
    [InlineData(0.2, "0.2000")]
    [InlineData(0, "0.0000")]
    public void Of_a_p_value_and_its_level_one_sees_which_is_less(double p, string text) => Assert.Equal(text, ProbabilityText.Small(p));

    private static SweepReportContent Content(string name, string? claim = null)
    {
        var spec = ExampleSweep.Spec(name) with { Claim = claim };
        var curves = ExampleSweep.Curves(spec);
        return new()
        {
            Id = "3", Spec = spec, State = "completed", Time = DateTimeOffset.UnixEpoch, Summary = ExampleSweep.Summary(spec, curves), Curves = curves,
            StepsTrained = 1234, StepsWithoutSharing = 1500, Training = new TrainingSeconds(Spent: 100, Earlier: 0, Alone: 130), Environment = [new("device", "cpu Example, threads 1")],
        };
    }
}
