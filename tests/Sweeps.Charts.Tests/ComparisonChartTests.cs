using System.Globalization;
using Sweeps.Core;
using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;

namespace Sweeps.Charts.Tests;

public sealed class ComparisonChartTests
{
    private static readonly DateTimeOffset FirstNight = new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_loss_can_be_drawn_against_steps_tokens_and_seconds()
    {
        var spec = ExampleSweep.Spec();
        var curves = ExampleSweep.Curves(spec);
        var summary = ExampleSweep.Summary(spec, curves);
        foreach (var (cost, end, label) in new[] { (TrainingCost.Steps, 1000, "Training steps"), (TrainingCost.Tokens, 768_000, "Training tokens"), (TrainingCost.Seconds, 100, "Training seconds") })
        {
            Assert.All(LossCurve.Of(summary, curves, cost), curve => Assert.Equal(end, curve.Points[^1].Cost, 1e-9));
            using var chart = LossChart.Draw("sweep", summary, curves, cost: cost);
            Assert.Contains(label, new Picture(chart).Texts);
        }
    }

    [Fact]
    public void The_efficiency_curve_has_a_line_for_each_configuration_that_shares_values_with_the_baseline()
    {
        var spec = ExampleSweep.Spec();
        var curves = ExampleSweep.Curves(spec);
        using var chart = EfficiencyCurveChart.Draw("sweep", ExampleSweep.Summary(spec, curves), curves);
        var picture = new Picture(chart);
        Assert.Contains("heads=1 (baseline)", picture.Texts);
        Assert.Contains("heads=2", picture.Texts);
        Assert.Contains("heads=4", picture.Texts);
        // Training goes to the right: a loss falls along the axis.
        var ticks = picture.Elements("text").Where(text => text.Value.Length == 3 && text.Value[1] == '.' && !text.Value.EndsWith('×'))
            .OrderBy(text => double.Parse(text.Attribute("x")!.Value, CultureInfo.InvariantCulture)).Select(text => text.Value).ToArray();
        Assert.True(ticks.Length > 3);
        Assert.Equal(ticks.OrderDescending(), ticks);
    }

    [Fact]
    public void A_configuration_has_the_same_colour_in_every_chart()
    {
        var spec = ExampleSweep.Spec();
        var curves = ExampleSweep.Curves(spec);
        var summary = ExampleSweep.Summary(spec, curves);
        using var loss = LossChart.Draw("sweep", summary, curves);
        using var efficiency = EfficiencyChart.Draw("sweep", summary);
        using var curve = EfficiencyCurveChart.Draw("sweep", summary, curves);
        foreach (var chart in new[] { loss, efficiency, curve })
            Assert.Contains(ChartTheme.Light.Series[0].ToHex(), new Picture(chart).Xml, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(ChartTheme.Light.Series[1].ToHex(), new Picture(loss).Xml, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(ChartTheme.Light.Series[1].ToHex(), new Picture(curve).Xml, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Before_anything_is_finished_the_charts_say_so()
    {
        var summary = Summary([]);
        using var curve = EfficiencyCurveChart.Draw("sweep", summary with { Configurations = [Configuration(0, 1, "a", null)] }, []);
        Assert.Contains("No values yet that a configuration and the baseline both reach", new Picture(curve).Texts);
        using var effect = ParameterEffectChart.Draw("sweep", summary, "depth");
        using var map = HeatMapChart.Draw("sweep", summary, "depth", "kind");
        using var history = HistoryChart.Draw("job", [], "val_loss");
        Assert.Contains("No data yet", new Picture(effect).Texts);
        Assert.Contains("No data yet", new Picture(map).Texts);
        Assert.Contains("No night yet", new Picture(history).Texts);
    }

    [Fact]
    public void The_effect_of_a_parameter_has_a_place_for_each_value_in_order()
    {
        using var chart = ParameterEffectChart.Draw("sweep", Example(), "depth");
        var picture = new Picture(chart);
        string[] labels = ["2", "4", "8", "16"];
        Assert.Equal(labels, picture.Elements("text").Select(text => text.Value).Where(labels.Contains));
        Assert.Contains("mean of 3, 95% interval", picture.Texts);
        // One for each configuration and one for each mean.
        Assert.Equal(12 + 4, picture.Elements("circle").Count());
    }

    [Fact]
    public void A_heat_map_has_a_number_for_each_pair_of_values()
    {
        using var chart = HeatMapChart.Draw("sweep", Example(), "depth", "kind");
        var picture = new Picture(chart);
        Assert.Equal(12, picture.Texts.Count(text => text.StartsWith("1.", StringComparison.Ordinal)));
        // Rows stand in the order of the sweep, from above.
        Assert.True(picture.Y("plain") < picture.Y("gated") && picture.Y("gated") < picture.Y("squared"));
        Assert.Contains(ChartTheme.Light.RampHigh.ToHex(), picture.Xml, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(ChartTheme.Light.RampLow.ToHex(), picture.Xml, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_strongest_colour_is_the_best_whatever_the_goal()
    {
        var summary = Summary([Configuration(0, 1, "a", 0.2), Configuration(1, 2, "a", 0.9)]);
        Assert.True(Column(summary) < Column(summary with { Goal = MetricGoal.Maximize, Metric = "val_accuracy" }));

        static double Column(SweepSummary summary)
        {
            using var chart = HeatMapChart.Draw("sweep", summary, "depth", "kind");
            var best = new Picture(chart).Elements("path").Single(path => path.Attribute("fill")!.Value.Equals(ChartTheme.Light.RampHigh.ToHex(), StringComparison.OrdinalIgnoreCase));
            return double.Parse(best.Attribute("d")!.Value.TrimStart('M').Split(' ')[0], CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public void A_nightly_history_marks_regressions_and_nights_without_a_result()
    {
        using var chart = HistoryChart.Draw("nightly", History(), "val_loss");
        var picture = new Picture(chart);
        Assert.Contains("regression", picture.Texts);
        Assert.Single(picture.Texts, "no result");
        Assert.Contains("20 Mar", picture.Texts);
        Assert.Contains("base (baseline)", picture.Texts);
    }

    internal static NightCurve[] History() =>
    [
        new("base", true, [.. Enumerable.Range(0, 20).Select(night => Night(night, 1.80))]),
        new("time_mixing=true", false, [.. Enumerable.Range(0, 20).Select(night => night == 19 ? Night(night, 1.79) with { Standing = NightStanding.Regression } : Night(night, 1.74))]),
    ];

    internal static SweepSummary Example() => Summary(
    [
        .. from depth in Enumerable.Range(0, 4)
           from kind in Enumerable.Range(0, 3)
           select Configuration(depth * 3 + kind, 2 << depth, new[] { "plain", "gated", "squared" }[kind], 1.9 - 0.08 * depth + 0.015 * depth * depth - 0.02 * kind - 0.005 * kind * depth),
    ]);

    private static NightPoint Night(int night, double mean)
    {
        var value = mean + 0.004 * Math.Sin(5 * night);
        return night == 7 ? new NightPoint(FirstNight.AddDays(night), null) : new NightPoint(FirstNight.AddDays(night), value, value - 0.008, value + 0.008);
    }

    private static SweepSummary Summary(ConfigurationSummary[] configurations) => new()
    {
        Metric = "val_loss", Seeds = 3, Baseline = 0, BaselineRemark = "", Configurations = configurations, Verdict = "",
    };

    private static ConfigurationSummary Configuration(int index, int depth, string kind, double? mean) => new()
    {
        Index = index, Label = $"depth={depth} kind={kind}", Reference = 0, Planned = 3, N = mean is null ? 0 : 3, Diverged = 0, Mean = mean, Standing = Standing.Undecided,
        Parameters = new Dictionary<string, ParameterValue> { ["depth"] = ParameterValue.Of(depth), ["kind"] = ParameterValue.Of(kind) },
    };
}
