using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.Statistics;

namespace Sweeps.Core.Tests.Statistics;

// Expected p-values and intervals are scipy's: ttest_ind(equal_var=False), and linregress on an indicator of tonight for one more night.
public sealed class RegressionTestTests
{
    private static readonly double[][] Losses =
        [[1.71, 1.74, 1.69], [1.72, 1.735, 1.70], [1.705, 1.745, 1.68], [1.715, 1.738, 1.693], [1.708, 1.742, 1.695]];

    private static readonly double[][] Seconds = [[100, 101, 99], [110, 111, 110], [95, 96, 96], [104, 104, 105], [120, 119, 120]];

    [Fact]
    public void A_worse_night_is_a_regression_when_neither_seeds_nor_nights_explain_it()
    {
        var report = RegressionTest.Of([Night("heads=2", [1.79, 1.82, 1.785], Losses)], "validation loss", alpha: 0.05);
        var found = report.Configurations.Single();
        Assert.True(report.HasRegressed);
        Assert.Equal((NightlyChange.Regressed, 5), (found.Change, found.Nights));
        Assert.Equal(0.0839333333, found.Difference!.Value, 1e-9);
        Assert.Equal(0.010590967689, found.SeedP!.Value, 1e-9);
        Assert.Equal(1.48994093114e-05, found.NightP!.Value, 1e-14);
        Assert.Equal((found.SeedP, found.SeedP), (found.P, found.AdjustedP));
        Assert.Equal(0.0333332306, found.Interval!.Low, 1e-7);
        Assert.Equal(0.1345334361, found.Interval.High, 1e-7);
        Assert.Equal("heads=2: validation loss 1.7983 tonight, 0.0839 higher than over the 5 nights before (95% interval +0.0333 to +0.1345; "
            + "Welch's test over 3 seeds, p = 0.0106): regressed.", report.Verdict);
    }

    [Fact]
    public void A_slow_night_is_none_where_nights_differ_as_much_though_its_seeds_agree()
    {
        var found = RegressionTest.Of([Night("heads=2", [118, 119, 118.5], Seconds)], "training seconds").Configurations.Single();
        Assert.Equal(NightlyChange.Unchanged, found.Change);
        Assert.Equal(9.801002882e-05, found.SeedP!.Value, 1e-12);
        Assert.Equal(0.290173819745, found.NightP!.Value, 1e-9);
        Assert.Equal(found.NightP, found.P);
        Assert.Contains("against how much nights differ, p = 0.2902): no change beyond noise.", found.Words);
    }

    [Fact]
    public void One_seed_a_night_is_judged_by_the_nights()
    {
        double[][] nights = [[10], [11], [10.5], [10.2], [10.8], [10.4], [10.6]];
        var found = RegressionTest.Of([Night("a", [13], nights)], "validation loss").Configurations.Single();
        Assert.Equal(NightlyChange.Regressed, found.Change);
        Assert.Null(found.SeedP);
        Assert.Equal(0.000477485045386, found.P!.Value, 1e-12);
        Assert.Equal(1.6065141227934174, found.Interval!.Low, 1e-9);
    }

    [Fact]
    public void Of_a_metric_to_maximize_less_is_worse()
    {
        double[][] nights = [[0.90, 0.91, 0.92], [0.91, 0.90, 0.915], [0.905, 0.912, 0.918]];
        RegressionReport Of(double[] tonight) => RegressionTest.Of([Night("a", tonight, nights)], "validation accuracy", MetricGoal.Maximize);
        Assert.Equal(NightlyChange.Regressed, Of([0.5, 0.51, 0.49]).Configurations.Single().Change);
        Assert.Equal(NightlyChange.Improved, Of([0.99, 0.991, 0.992]).Configurations.Single().Change);
    }

    [Fact]
    public void A_night_that_repeats_those_before_to_the_last_digit_is_unchanged()
    {
        double[] same = [0.1 + 0.2, 1.0 / 3, 0.7];
        var report = RegressionTest.Of([Night("a", same, [same, same, same, same])], "validation loss");
        Assert.Equal((NightlyChange.Unchanged, 1.0), (report.Configurations[0].Change, report.Configurations[0].P));
        Assert.EndsWith("tonight, the same as over the 4 nights before.", report.Configurations[0].Words);
        Assert.Equal("Validation loss: no change beyond noise in one configuration.", report.Verdict);
    }

    [Fact]
    public void Nights_that_repeat_themselves_add_no_evidence_about_seeds()
    {
        double[] same = [1.70, 1.74, 1.66];
        RegressionReport After(int nights) => RegressionTest.Of([Night("a", [1.72, 1.78, 1.70], [.. Enumerable.Repeat(same, nights)])], "validation loss");
        Assert.Equal(After(3).Configurations[0].P!.Value, After(14).Configurations[0].P!.Value, 1e-9);
        Assert.Null(After(14).Configurations[0].NightP);
    }

    [Fact]
    public void One_seed_that_had_repeated_itself_and_changes_cannot_be_judged()
    {
        var report = RegressionTest.Of([Night("a", [1.8], [[1.7], [1.7], [1.7]])], "validation loss");
        Assert.Equal((NightlyChange.TooFew, null), (report.Configurations[0].Change, report.Configurations[0].P));
        Assert.Contains("0.1000 higher than over the 3 nights before, which one seed that had repeated itself to the last digit cannot tell from noise", report.Verdict);
    }

    [Fact]
    public void Too_few_nights_and_no_value_tonight_are_said()
    {
        Assert.Equal("a: validation loss 1.8000 tonight; no night to compare with, and at least 3 are needed to see how much nights differ.",
            RegressionTest.Of([Night("a", [1.8], [])], "validation loss").Verdict);
        Assert.Contains("only 2 nights to compare with", RegressionTest.Of([Night("a", [1.8], [[1.7], [1.8], []])], "validation loss").Verdict);
        var none = RegressionTest.Of([Night("a", [], Losses), Night("b", [], Losses)], "validation loss");
        Assert.Equal("2 configurations cannot be judged. a has no validation loss tonight.", none.Verdict);
        Assert.False(none.HasRegressed);
        Assert.Equal("There is nothing to compare.", RegressionTest.Of([], "validation loss").Verdict);
    }

    [Fact]
    public void Diverging_is_a_regression_of_what_never_did()
    {
        Assert.Equal("a regressed: its validation loss is not a number in 1 of 3 runs tonight, and was one in all of the 5 nights before.",
            RegressionTest.Of([Night("a", [1.71, double.NaN, 1.70], Losses)], "validation loss").Verdict);
        double[][] before = [[1.71, double.NaN, 1.69], .. Losses];
        Assert.False(RegressionTest.Of([Night("a", [1.71, double.NaN, 1.70], before)], "validation loss").HasRegressed);
    }

    [Fact]
    public void A_night_that_lacks_a_seed_does_not_differ_by_that()
    {
        // Seed 3 is far from the others, and once missing.
        double[][] nights = [[1.0, 1.1, 9.0], [1.01, 1.12, 9.02], [0.99, 1.09], [1.0, 1.11, 9.01]];
        var found = RegressionTest.Of([Night("a", [1.2, 1.3], nights)], "validation loss").Configurations.Single();
        Assert.True(found.NightP < 0.01);
    }

    [Fact]
    public void Configurations_share_the_error_rate_by_Holms_correction()
    {
        var values = Enumerable.Range(1, 4).Select(i => Night($"c{i}", i == 2 ? [1.79, 1.82, 1.785] : [1.712, 1.741, 1.689], Losses)).ToArray();
        var report = RegressionTest.Of(values, "validation loss", alpha: 0.05);
        Assert.Equal(4 * 0.010590967689, report.Configurations[1].AdjustedP!.Value, 1e-8);
        var lines = report.Verdict.Split('\n');
        Assert.Contains("p = 0.0106, p = 0.0424 after Holm's correction for 4 configurations): regressed.", lines[0]);
        Assert.Equal("Validation loss: no change beyond noise in 3 of 4 configurations.", lines[1]);
    }

    // Nights and seeds both vary: a test of the seeds alone would call most of such nights changed.
    [Fact]
    public void Nights_without_a_change_are_called_changed_no_more_often_than_alpha_says()
    {
        const int Jobs = 2000;
        var changed = 0;
        for (var job = 0; job < Jobs; job++)
        {
            var random = new SplitMix64((ulong)job + 1);
            double[] Draw()
            {
                var night = 0.02 * Noise.Next(random);
                return [.. Enumerable.Range(0, 3).Select(_ => 1.7 + night + 0.01 * Noise.Next(random))];
            }
            var nights = Enumerable.Range(0, 8).Select(_ => Draw()).ToArray();
            if (RegressionTest.Of([Night("a", Draw(), nights)], "validation loss", alpha: 0.05).Configurations[0].Change != NightlyChange.Unchanged) changed++;
        }
        Assert.InRange(changed, 1, Jobs * 0.05 + 2 * Math.Sqrt(Jobs * 0.05 * 0.95));
    }

    private static NightlyValues Night(string configuration, double[] tonight, double[][] nights) => new(configuration, BySeed(tonight), [.. nights.Select(BySeed)]);

    private static Dictionary<int, double> BySeed(double[] values) => values.Index().ToDictionary(value => value.Index + 1, value => value.Item);
}
