using ScottPlot;
using ScottPlot.TickGenerators;

namespace Compat.ScottPlot;

/// <summary>How ticks are chosen and written.</summary>
public sealed class TickContract
{
    [Fact]
    public void Manual_ticks_are_drawn_where_the_axis_shows_them()
    {
        using var plot = new Plot();
        plot.Axes.SetLimitsX(0, 1);
        plot.Axes.SetLimitsY(0, 1);
        plot.Axes.Bottom.TickGenerator = new NumericManual([0.25, 0.75, 7], ["quarter", "most", "outside"]);
        var texts = new Svg(plot.GetSvgXml(640, 360)).Texts;
        Assert.Contains("quarter", texts);
        Assert.Contains("most", texts);
        Assert.DoesNotContain("outside", texts);
        Assert.Equal([0.25, 0.75], plot.Axes.Bottom.TickGenerator.Ticks.Select(tick => tick.Position));
    }

    [Fact]
    public void Manual_ticks_need_a_label_each() =>
        Assert.Throws<ArgumentException>(() => new NumericManual([1, 2], ["one"]));

    [Fact]
    public void Manual_ticks_can_be_added_one_by_one()
    {
        using var plot = new Plot();
        plot.Axes.SetLimitsX(0, 1);
        plot.Axes.SetLimitsY(0, 4);
        var ticks = new NumericManual();
        ticks.AddMajor(1, "one");
        plot.Axes.Left.TickGenerator = ticks;
        plot.GetSvgXml(640, 360);
        var tick = Assert.Single(ticks.Ticks);
        Assert.True(tick.IsMajor);
        Assert.Equal("one", tick.Label);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-3, 1234567)]
    [InlineData(1.61, 1.74)]
    [InlineData(-0.0007, 0.0001)]
    public void Automatic_ticks_are_evenly_spaced_and_written_by_the_formatter(double low, double high)
    {
        using var plot = new Plot();
        plot.Axes.SetLimitsX(low, high);
        plot.Axes.SetLimitsY(0, 1);
        var generator = new NumericAutomatic { LabelFormatter = value => $"<{value:R}>" };
        plot.Axes.Bottom.TickGenerator = generator;
        plot.GetSvgXml(800, 400);

        var major = generator.Ticks.Where(tick => tick.IsMajor).ToArray();
        Assert.InRange(major.Length, 2, 20);
        Assert.All(major, tick => Assert.InRange(tick.Position, low, high));
        Assert.All(major, tick => Assert.Equal($"<{tick.Position:R}>", tick.Label));
        var steps = major.Zip(major.Skip(1), (a, b) => b.Position - a.Position).ToArray();
        Assert.All(steps, step => Assert.Equal(steps[0], step, Math.Abs(steps[0]) * 1e-6));
        var mantissa = steps[0] / Math.Pow(10, Math.Floor(Math.Log10(steps[0]) + 1e-9));
        Assert.Contains(Math.Round(mantissa, 4), (double[])[1, 2, 2.5, 5]);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1234567, "1,234,567")]
    [InlineData(1.75, "1.75")]
    [InlineData(-0.5, "-0.5")]
    public void Numbers_are_written_with_the_digits_they_have(double value, string text) =>
        Assert.Equal(text, LabelFormatters.Numeric(value));
}
