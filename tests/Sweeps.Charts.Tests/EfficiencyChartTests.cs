namespace Sweeps.Charts.Tests;

public sealed class EfficiencyChartTests
{
    [Fact]
    public void The_baseline_comes_first_then_the_best_and_last_who_never_got_there()
    {
        using var chart = EfficiencyChart.Draw("sweep", [Never("never"), Row("worse", 0.8), Row("base", 1, isBaseline: true), Row("better", 1.5)], 1.7);
        var picture = new Picture(chart);
        string[] expected = ["base (baseline)", "better", "worse", "never"];
        Assert.Equal(expected, expected.OrderBy(picture.Y));
    }

    [Fact]
    public void Ratio_and_interval_stand_beside_the_point()
    {
        using var chart = EfficiencyChart.Draw("sweep", [Row("base", 1, isBaseline: true), Row("better", 1.27, 1.02, 1.581)], 1.7);
        var picture = new Picture(chart);
        Assert.Equal(picture.Y("better"), picture.Y("1.27× [1.02, 1.58]"));
        Assert.Contains("1.00×", picture.Texts);
    }

    [Fact]
    public void A_configuration_that_never_reached_the_target_is_said_so()
    {
        using var chart = EfficiencyChart.Draw("sweep", [Row("base", 1, isBaseline: true), Never("never")], 1.7);
        var picture = new Picture(chart);
        Assert.Contains("target not reached", picture.Texts);
        Assert.Contains("0 of 3 seeds", picture.Texts);
        Assert.Single(picture.Elements("circle"));
    }

    [Fact]
    public void Seeds_that_missed_the_target_are_counted()
    {
        using var chart = EfficiencyChart.Draw("sweep", [Row("base", 1, isBaseline: true), new("some", false, 3, 2, 1.2)], 1.7);
        Assert.Contains("1.20×, 2 of 3 seeds", new Picture(chart).Texts);
    }

    [Fact]
    public void Without_a_baseline_at_the_target_there_is_no_ratio()
    {
        using var chart = EfficiencyChart.Draw("sweep", [new("base", true, 3, 0), new("other", false, 3, 3)], 1.7);
        var picture = new Picture(chart);
        Assert.Contains("reached, but not by the baseline", picture.Texts);
        Assert.Empty(picture.Elements("circle"));
    }

    [Fact]
    public void An_interval_over_decades_does_not_hide_the_points()
    {
        using var chart = EfficiencyChart.Draw("sweep", [Row("base", 1, isBaseline: true), Row("wide", 1.3, 1e-6, 1e6)], 1.7);
        Assert.InRange(Math.Pow(10, chart.Plot.Axes.Bottom.Max), 2, 10);
        Assert.InRange(Math.Pow(10, chart.Plot.Axes.Bottom.Min), 0.1, 0.5);
    }

    [Fact]
    public void Twice_and_half_are_equally_far_from_one()
    {
        using var chart = EfficiencyChart.Draw("sweep", [Row("base", 1, isBaseline: true), Row("a", 2), Row("b", 0.5)], 1.7);
        chart.ToSvg();
        var places = chart.Plot.Axes.Bottom.TickGenerator.Ticks.ToDictionary(tick => tick.Label, tick => tick.Position);
        Assert.Equal(places["2×"] - places["1×"], places["1×"] - places["0.5×"], 1e-12);
    }

    [Theory]
    [InlineData(1.01)]
    [InlineData(1.3)]
    [InlineData(4)]
    [InlineData(60)]
    [InlineData(1e5)]
    public void The_axis_has_a_few_round_ratios_and_one_among_them(double ratio)
    {
        using var chart = EfficiencyChart.Draw("sweep", [Row("base", 1, isBaseline: true), Row("a", ratio), Row("b", 1 / ratio)], 1.7);
        chart.ToSvg();
        var labels = chart.Plot.Axes.Bottom.TickGenerator.Ticks.Select(tick => tick.Label).ToArray();
        Assert.InRange(labels.Length, 2, 9);
        Assert.Contains("1×", labels);
    }

    [Fact]
    public void Forty_configurations_have_a_row_each_that_can_be_read()
    {
        using var chart = EfficiencyChart.Draw("sweep", [.. Enumerable.Range(0, 40).Select(i => Row($"c{i}", 1 + 0.01 * i, isBaseline: i == 0))], 1.7);
        var picture = new Picture(chart);
        var rows = Enumerable.Range(1, 39).Select(i => picture.Y($"c{i}")).Order().ToArray();
        Assert.All(rows.Zip(rows.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 20));
        Assert.True(rows[^1] < chart.Height);
    }

    [Fact]
    public void Without_configurations_the_chart_says_so()
    {
        using var chart = EfficiencyChart.Draw("sweep", [], 1.7);
        Assert.Contains("No data yet", new Picture(chart).Texts);
    }

    [Fact]
    public void Without_a_target_the_chart_says_so()
    {
        using var chart = EfficiencyChart.Draw("sweep", [Row("base", 1, isBaseline: true)]);
        Assert.Contains("The sweep names no target loss", new Picture(chart).Texts);
    }

    [Theory]
    [InlineData(double.NaN, double.NaN, double.NaN)]
    [InlineData(double.PositiveInfinity, 0, double.PositiveInfinity)]
    [InlineData(1.2, double.NegativeInfinity, double.PositiveInfinity)]
    [InlineData(0, -1, 1)]
    public void Numbers_that_are_none_do_not_reach_the_picture(double ratio, double low, double high)
    {
        using var chart = EfficiencyChart.Draw("sweep", [Row("base", 1, isBaseline: true), Row("odd", ratio, low, high)], 1.7);
        var picture = new Picture(chart);
        Assert.DoesNotContain("NaN", picture.Xml);
        Assert.DoesNotContain("Infinity", picture.Xml);
        Assert.True(double.IsFinite(chart.Plot.Axes.Bottom.Max - chart.Plot.Axes.Bottom.Min));
    }

    [Fact]
    public void Hostile_names_are_text()
    {
        using var chart = EfficiencyChart.Draw("</svg><script>", [Row("<script>alert(1)</script>", 1, isBaseline: true)], 1.7);
        var picture = new Picture(chart);
        Assert.Empty(picture.Elements("script"));
        Assert.Contains("<script>alert(1)</script> (baseline)", picture.Texts);
    }

    [Fact]
    public void A_configuration_has_the_same_colour_in_both_charts()
    {
        using var loss = LossChart.Draw("sweep", [Curve("base", true), Curve("a", false), Curve("b", false)]);
        using var efficiency = EfficiencyChart.Draw("sweep", [Row("base", 1, isBaseline: true), Row("a", 0.9), Row("b", 1.4)], 1.7);
        var lines = new Picture(loss).Elements("circle").Select(circle => circle.Attribute("fill")!.Value).Distinct().Order();
        var points = new Picture(efficiency).Elements("circle").Select(circle => circle.Attribute("fill")!.Value).Distinct().Order();
        Assert.Equal(lines, points);

        static LossCurve Curve(string label, bool isBaseline) => new(label, isBaseline, [new(0, 5), new(10, 2)]);
    }

    private static EfficiencyRow Row(string label, double ratio, double? low = null, double? high = null, bool isBaseline = false) =>
        new(label, isBaseline, 3, 3, ratio, low, high);

    private static EfficiencyRow Never(string label) => new(label, false, 3, 0);
}
