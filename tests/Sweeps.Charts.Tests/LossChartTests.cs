using Sweeps.Core.Gpt;

namespace Sweeps.Charts.Tests;

public sealed class LossChartTests
{
    [Fact]
    public void Each_configuration_is_named_and_the_baseline_is_marked()
    {
        using var chart = LossChart.Draw("sweep", [Falling("heads=1", 1.7, isBaseline: true), Falling("heads=2", 1.6)], 1.75);
        var texts = new Picture(chart).Texts;
        Assert.Contains("sweep", texts);
        Assert.Contains("heads=1 (baseline)", texts);
        Assert.Contains("heads=2", texts);
        Assert.Contains("target 1.75", texts);
    }

    [Fact]
    public void The_initial_loss_does_not_decide_the_range()
    {
        using var chart = LossChart.Draw("sweep", [Falling("heads=1", 1.7, isBaseline: true), Falling("heads=2", 1.6)]);
        Assert.InRange(chart.Plot.Axes.Left.Max, 1.75, 4);
        Assert.InRange(chart.Plot.Axes.Left.Min, 1.4, 1.6);
    }

    [Fact]
    public void An_accuracys_range_ends_above_the_best_and_leaves_out_the_way_up()
    {
        LossCurve Rising(string label, double final, bool isBaseline = false) =>
            new(label, isBaseline, [.. Enumerable.Range(0, 20).Select(i => new LossCurvePoint(i * 1000, final * (1 - Math.Exp(-i))))]);
        var stuck = new LossCurve("stuck", false, [.. Enumerable.Range(0, 20).Select(i => new LossCurvePoint(i * 1000, 0.01))]);
        using var chart = LossChart.Draw("sweep", [Rising("a", 0.9, isBaseline: true), Rising("b", 0.95), stuck], 0.99, "val_accuracy", goal: MetricGoal.Maximize);
        Assert.InRange(chart.Plot.Axes.Left.Min, 0.5, 0.9);
        Assert.InRange(chart.Plot.Axes.Left.Max, 0.99, 1.1);
        var texts = new Picture(chart).Texts;
        Assert.Contains("val_accuracy", texts);
        Assert.Contains("stuck (below)", texts);
        Assert.Contains("target 0.99", texts);

        using var many = LossChart.Draw("sweep", [Rising("a", 0.5, isBaseline: true), .. Enumerable.Range(0, 12).Select(i => Rising($"c{i}", 0.6 + 0.01 * i))], goal: MetricGoal.Maximize);
        Assert.Contains("c11", new Picture(many).Texts);
        Assert.DoesNotContain("c0", new Picture(many).Texts);
    }

    [Fact]
    public void A_diverged_configuration_does_not_press_the_others_together()
    {
        var stuck = new LossCurve("stuck", false, [.. Enumerable.Range(0, 20).Select(i => new LossCurvePoint(i * 1000, 50 + i))]);
        using var chart = LossChart.Draw("sweep", [Falling("heads=1", 1.7, isBaseline: true), Falling("heads=2", 1.6), stuck]);
        Assert.InRange(chart.Plot.Axes.Left.Max, 1.75, 4);
        Assert.Contains("stuck (above)", new Picture(chart).Texts);
    }

    [Fact]
    public void The_baseline_is_in_the_picture_however_bad_it_is()
    {
        using var chart = LossChart.Draw("sweep", [Falling("heads=1", 8, isBaseline: true), .. Enumerable.Range(0, 6).Select(i => Falling($"c{i}", 1.6))]);
        Assert.InRange(8, chart.Plot.Axes.Left.Min, chart.Plot.Axes.Left.Max);
    }

    [Fact]
    public void Configurations_that_differ_a_lot_are_all_in_the_picture()
    {
        using var chart = LossChart.Draw("sweep", [.. Enumerable.Range(0, 40).Select(i => Falling($"c{i}", 3 - 0.05 * i, isBaseline: i == 20))]);
        Assert.DoesNotContain(new Picture(chart).Texts, text => text.Contains("above", StringComparison.Ordinal));
        Assert.True(chart.Plot.Axes.Left.Max > 3);
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(9)]
    public void The_target_is_always_in_the_picture(double target)
    {
        using var chart = LossChart.Draw("sweep", [Falling("heads=1", 1.7, isBaseline: true)], target);
        Assert.True(chart.Plot.Axes.Left.Min < target && target < chart.Plot.Axes.Left.Max);
    }

    [Fact]
    public void A_band_is_drawn_from_two_seeds_on_and_explained()
    {
        using var one = LossChart.Draw("sweep", [Falling("heads=1", 1.7, isBaseline: true)]);
        using var two = LossChart.Draw("sweep", [Falling("heads=1", 1.7, isBaseline: true, band: 0.1)]);
        Assert.Equal(0, Bands(one));
        Assert.DoesNotContain("95% interval over seeds", new Picture(one).Texts);
        Assert.Equal(1, Bands(two));
        Assert.Contains("95% interval over seeds", new Picture(two).Texts);

        static int Bands(Chart chart) =>
            new Picture(chart).Elements("path").Count(path => path.Attribute("d")!.Value.EndsWith('Z'));
    }

    [Fact]
    public void An_interval_that_is_wider_than_the_picture_leaves_the_range_alone()
    {
        using var narrow = LossChart.Draw("sweep", [Falling("heads=1", 1.7, isBaseline: true, band: 0.1)]);
        using var wide = LossChart.Draw("sweep", [Falling("heads=1", 1.7, isBaseline: true, band: 1000)]);
        Assert.Equal(narrow.Plot.Axes.Left.Max, wide.Plot.Axes.Left.Max);
        Assert.Equal(narrow.Plot.Axes.Left.Min, wide.Plot.Axes.Left.Min);
    }

    [Fact]
    public void Of_forty_configurations_the_best_are_named_and_the_rest_counted()
    {
        using var chart = LossChart.Draw(
            "sweep", [.. Enumerable.Range(0, 40).Select(i => Falling($"c{i}", 3 - 0.05 * i, isBaseline: i == 0))]);
        var texts = new Picture(chart).Texts;
        Assert.Contains("c0 (baseline)", texts);
        Assert.All(Enumerable.Range(32, 8), i => Assert.Contains($"c{i}", texts));
        Assert.DoesNotContain("c31", texts);
        Assert.Contains("31 others", texts);
    }

    [Fact]
    public void A_loss_that_is_no_number_ends_the_line_and_is_said()
    {
        var lost = new LossCurve("lost", false, [new(0, 5), new(1000, 3), new(2000, double.NaN), new(3000, double.PositiveInfinity)]);
        using var chart = LossChart.Draw("sweep", [Falling("heads=1", 1.7, isBaseline: true), lost]);
        var picture = new Picture(chart);
        Assert.Contains("lost (diverged)", picture.Texts);
        Assert.DoesNotContain("NaN", picture.Xml);
    }

    [Theory]
    [MemberData(nameof(NothingToShow))]
    public void Without_points_the_chart_says_so(LossCurve[] curves)
    {
        using var chart = LossChart.Draw("sweep", curves, 1.7);
        Assert.Equal(["No data yet", "sweep"], new Picture(chart).Texts);
    }

    [Fact]
    public void A_single_point_is_a_picture()
    {
        using var chart = LossChart.Draw("sweep", [new("only", true, [new(0, 5.5)])]);
        Assert.NotEmpty(new Picture(chart).Elements("circle"));
        Assert.True(chart.Plot.Axes.Left.Min < 5.5 && 5.5 < chart.Plot.Axes.Left.Max);
    }

    [Fact]
    public void Losses_that_are_all_equal_are_a_picture()
    {
        using var chart = LossChart.Draw("sweep", [new("flat", true, [new(0, 2), new(10, 2)])], 2);
        Assert.True(chart.Plot.Axes.Left.Min < 2 && 2 < chart.Plot.Axes.Left.Max);
    }

    [Fact]
    public void Hostile_names_are_text()
    {
        using var chart = LossChart.Draw("</svg><script>", [Falling("<script>alert(1)</script>", 1.7), Falling("a\u0000\n\u001b[31m\tb", 1.6)]);
        var picture = new Picture(chart);
        Assert.Empty(picture.Elements("script"));
        Assert.Contains("<script>alert(1)</script>", picture.Texts);
        Assert.Contains("a [31m b", picture.Texts);
        Assert.Contains("</svg><script>", picture.Texts);
    }

    [Fact]
    public void A_long_name_keeps_both_ends()
    {
        using var chart = LossChart.Draw("sweep", [Falling("first=1, " + new string('x', 300) + ", last=2", 1.7)]);
        var label = Assert.Single(new Picture(chart).Texts, text => text.StartsWith("first=1", StringComparison.Ordinal));
        Assert.EndsWith("last=2", label);
        Assert.True(label.Length <= 40);
    }

    [Fact]
    public void Tick_labels_of_the_loss_have_equally_many_decimals()
    {
        using var chart = LossChart.Draw("sweep", [Falling("heads=1", 1.7, isBaseline: true)]);
        chart.ToSvg();
        var labels = chart.Plot.Axes.Left.TickGenerator.Ticks.Select(tick => tick.Label).ToArray();
        Assert.InRange(labels.Length, 3, 9);
        Assert.Single(labels.Select(label => label.Length - label.IndexOf('.', StringComparison.Ordinal)).Distinct());
    }

    [Theory]
    [InlineData(2e3, "1,000")]
    [InlineData(2e5, "100k")]
    [InlineData(2e6, "1M")]
    [InlineData(2e9, "1B")]
    public void Tokens_are_written_with_units(double tokens, string label)
    {
        using var chart = LossChart.Draw("sweep", [new("c", true, [new(0, 5), new(tokens, 2)])]);
        Assert.Contains(label, new Picture(chart).Texts);
    }

    public static TheoryData<LossCurve[]> NothingToShow() =>
    [
        (LossCurve[])[],
        (LossCurve[])[new("heads=1", true, [])],
        (LossCurve[])[new("heads=1", true, [new(0, double.NaN)])],
    ];

    private static LossCurve Falling(string label, double end, bool isBaseline = false, double? band = null) => new(label, isBaseline,
    [
        .. Enumerable.Range(0, 20).Select(i =>
        {
            var loss = end + (11 - end) * Math.Exp(-0.6 * i);
            return new LossCurvePoint(i * 1000, loss, loss - band, loss + band);
        }),
    ]);
}
