using Sweeps.Core.Statistics;

namespace Sweeps.Charts.Tests;

public sealed class SweepChartsTests
{
    [Fact]
    public void The_line_is_the_mean_over_seeds_and_the_band_its_interval()
    {
        var spec = ExampleSweep.Spec();
        var curves = ExampleSweep.Curves(spec);
        var lines = LossCurve.Of(ExampleSweep.Summary(spec, curves), curves);
        Assert.Equal([true, false, false], lines.Select(line => line.IsBaseline));

        var last = lines[1].Points[^1];
        double[] losses = [.. curves.Where(curve => curve.ConfigurationIndex == 1).Select(curve => curve.Points[^1].Value)];
        Assert.Equal(768_000, last.Cost);
        Assert.Equal(losses.Average(), last.Mean, 1e-12);
        var interval = Sample.Of(losses).Interval()!;
        Assert.Equal((interval.Low, interval.High), (last.Low, last.High));
    }

    [Fact]
    public void Seeds_measured_at_different_steps_are_averaged_where_they_are()
    {
        var spec = ExampleSweep.Spec();
        var curves = ExampleSweep.Curves(spec);
        var summary = ExampleSweep.Summary(spec, curves);
        var random = new Random(1);
        RunCurve[] some = [.. curves.Select(curve => curve with { Points = [.. curve.Points.Where(_ => random.Next(3) > 0).OrderBy(_ => random.Next())] })];
        Assert.All(LossCurve.Of(summary, some, TrainingCost.Steps).Index(), line =>
        {
            var points = some.Where(curve => curve.ConfigurationIndex == line.Index).SelectMany(curve => curve.Points).ToLookup(point => point.Step, point => point.Value);
            Assert.Equal(points.Select(step => (double)step.Key).Order(), line.Item.Points.Select(point => point.Cost));
            Assert.All(line.Item.Points, point => Assert.Equal(points[(long)point.Cost].Average(), point.Mean));
        });
    }

    [Fact]
    public void Where_tokens_are_not_counted_steps_are_drawn_and_named()
    {
        var spec = Core.SweepFiles.SweepFile.Parse(ExampleSweep.Yaml(description: "Which?").Replace("program: gpt", "program: train.py", StringComparison.Ordinal), "example.yaml");
        RunCurve[] curves = [.. ExampleSweep.Curves(ExampleSweep.Spec()).Select(curve => curve with { IsComplete = true, Points = [.. curve.Points.Select(point => point with { Tokens = 0 })] })];
        var summary = ExampleSweep.Summary(spec, curves);
        Assert.Equal(1000, LossCurve.Of(summary, curves)[1].Points[^1].Cost);
        using var loss = LossChart.Draw(spec.Name, summary, curves);
        Assert.Contains("Training steps", new Picture(loss).Texts);
        using var efficiency = EfficiencyChart.Draw(spec.Name, summary);
        Assert.Contains("Sample efficiency at loss 1.7 (steps of the baseline / steps needed; 95% interval)", new Picture(efficiency).Texts);
        var html = Reports.SweepReport.Html(new Reports.SweepReportContent
        {
            Id = "1", Spec = spec, State = "completed", Time = DateTimeOffset.UnixEpoch, Summary = summary, Curves = curves, StepsTrained = 1, StepsWithoutSharing = 1, Environment = [],
        });
        Assert.Contains("<th>Steps to 1.7</th>", html);
        Assert.DoesNotContain("tokens", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Of_two_seeds_the_band_is_their_range_and_the_legend_says_so()
    {
        var spec = ExampleSweep.Spec();
        var curves = ExampleSweep.Curves(spec).Where(curve => curve.Seed <= 2).ToList();
        var lines = LossCurve.Of(ExampleSweep.Summary(spec, curves), curves);
        double[] losses = [.. curves.Where(curve => curve.ConfigurationIndex == 1).Select(curve => curve.Points[^1].Value)];
        Assert.Equal(2, losses.Length);
        Assert.Equal((losses.Min(), losses.Max()), (lines[1].Points[^1].Low, lines[1].Points[^1].High));

        using var chart = LossChart.Draw(spec.Name, lines);
        Assert.Contains("range of two seeds", new Picture(chart).Texts);
    }

    [Fact]
    public void The_last_point_of_a_finished_sweep_is_the_mean_of_its_summary()
    {
        var spec = ExampleSweep.Spec();
        var curves = ExampleSweep.Curves(spec);
        var summary = ExampleSweep.Summary(spec, curves);
        Assert.All(LossCurve.Of(summary, curves).Zip(summary.Configurations), pair => Assert.Equal(pair.Second.Mean!.Value, pair.First.Points[^1].Mean, 1e-12));
    }

    [Fact]
    public void A_run_without_a_finite_loss_is_left_out_of_the_mean()
    {
        var spec = ExampleSweep.Spec();
        var curves = ExampleSweep.Curves(spec);
        var mean = LossCurve.Of(ExampleSweep.Summary(spec, curves[3..]), curves[3..])[0].Points[^1].Mean;
        curves[0] = curves[0] with { Points = [.. curves[0].Points.Select(point => point with { Value = double.NaN })] };
        Assert.Equal(mean, LossCurve.Of(ExampleSweep.Summary(spec, curves), curves)[0].Points[^1].Mean, 1e-12);
    }

    [Fact]
    public void Rows_of_the_efficiency_chart_are_those_of_the_summary()
    {
        var spec = ExampleSweep.Spec();
        var summary = ExampleSweep.Summary(spec, ExampleSweep.Curves(spec));
        var rows = EfficiencyRow.Of(summary);
        Assert.Equal(summary.Configurations[1].Efficiency!.Value, rows[1].Ratio!.Value);
        Assert.True(rows[1].Ratio > 1);
        Assert.Equal((3, 0), (rows[2].Seeds, rows[2].Reached));

        using var chart = EfficiencyChart.Draw(spec.Name, summary);
        Assert.Contains("target not reached", new Picture(chart).Texts);
    }

    [Fact]
    public void An_unfinished_sweep_has_curves_and_no_efficiency_yet()
    {
        var spec = ExampleSweep.Spec();
        var curves = ExampleSweep.Curves(spec, share: 0.5);
        var summary = ExampleSweep.Summary(spec, curves);
        using var loss = LossChart.Draw(spec.Name, summary, curves);
        using var efficiency = EfficiencyChart.Draw(spec.Name, summary);
        Assert.Contains("heads=2", new Picture(loss).Texts);
        Assert.Equal(3, new Picture(efficiency).Texts.Count(text => text == "no finished run yet"));
    }

    [Fact]
    public void A_sweep_that_has_not_begun_has_no_data_yet()
    {
        var spec = ExampleSweep.Spec();
        using var loss = LossChart.Draw(spec.Name, ExampleSweep.Summary(spec, []), []);
        Assert.Contains("No data yet", new Picture(loss).Texts);
    }
}
