using System.Globalization;
using System.Xml.Linq;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Compat.ScottPlot.Standin;

/// <summary>How the stand-in draws. The package draws the same things with other elements.</summary>
public sealed class Drawing
{
    [Theory]
    [InlineData(0, 1, 300)]
    [InlineData(0, 123456789, 500)]
    [InlineData(-1e-9, 1e-9, 640)]
    [InlineData(1.612, 1.7391, 1200)]
    [InlineData(-5e12, 5e12, 800)]
    public void Tick_labels_never_touch(double low, double high, int width)
    {
        using var plot = new Plot();
        plot.Axes.SetLimitsX(low, high);
        plot.Axes.SetLimitsY(low, high);
        var svg = new Svg(plot.GetSvgXml(width, 400));
        var below = Labels(svg, "middle").OrderBy(label => label.X).ToArray();
        var beside = Labels(svg, "end").OrderBy(label => label.Y).ToArray();
        Assert.True(below.Length >= 2 && beside.Length >= 2);
        Assert.All(below.Zip(below.Skip(1)), pair => Assert.True(
            pair.First.X + WidthOf(pair.First.Text) / 2 < pair.Second.X - WidthOf(pair.Second.Text) / 2, $"{pair.First} {pair.Second}"));
        Assert.All(beside.Zip(beside.Skip(1)), pair => Assert.True(pair.Second.Y - pair.First.Y > 14));
        Assert.All(below, label => Assert.InRange(label.X, WidthOf(label.Text) / 2, width - WidthOf(label.Text) / 2));
        Assert.All(beside, label => Assert.True(label.X - WidthOf(label.Text) >= 0, label.ToString()));
    }

    [Fact]
    public void Data_are_clipped_to_the_data_area()
    {
        using var plot = new Plot();
        plot.Axes.SetLimitsX(0, 1);
        plot.Axes.SetLimitsY(0, 1);
        plot.Add.ScatterLine((double[])[-5, 5], (double[])[-5, 5]).LineWidth = 3;
        var clip = Assert.Single(new Svg(plot.GetSvgXml(640, 360)).Elements("svg"), svg => svg.Parent is not null);
        Assert.Equal("hidden", clip.Attribute("overflow")!.Value);
        Assert.Contains(clip.Elements(), element => element.Attribute("stroke-width")?.Value == "3");
        var frame = Numbers(clip.Attribute("viewBox")!.Value);
        Assert.True(frame[0] > 0 && frame[0] + frame[2] < 640 && frame[1] + frame[3] < 360);
    }

    [Fact]
    public void The_legend_lies_beside_the_data()
    {
        using var plot = new Plot();
        plot.Legend.ManualItems.Add(new() { LabelText = "a rather long name of a configuration", LineWidth = 2 });
        plot.ShowLegend(Edge.Right);
        var svg = new Svg(plot.GetSvgXml(640, 360));
        var area = Numbers(svg.Elements("svg").Single(element => element.Parent is not null).Attribute("viewBox")!.Value);
        var text = svg.Elements("text").Single(element => element.Value.StartsWith("a rather", StringComparison.Ordinal));
        var left = double.Parse(text.Attribute("x")!.Value, CultureInfo.InvariantCulture);
        Assert.True(left > area[0] + area[2] + 20);
        Assert.True(left + WidthOf(text.Value) < 640);
    }

    [Fact]
    public void A_tall_legend_wraps_into_columns()
    {
        using var plot = new Plot();
        foreach (var i in Enumerable.Range(0, 40)) plot.Legend.ManualItems.Add(new() { LabelText = $"c{i}", LineWidth = 2 });
        plot.ShowLegend(Edge.Right);
        var places = new Svg(plot.GetSvgXml(640, 360)).Elements("text").Where(text => text.Value.StartsWith('c'))
            .Select(text => (X: text.Attribute("x")!.Value, Y: double.Parse(text.Attribute("y")!.Value, CultureInfo.InvariantCulture))).ToArray();
        Assert.Equal(40, places.Distinct().Count());
        Assert.True(places.Select(place => place.X).Distinct().Count() > 1);
        Assert.All(places, place => Assert.InRange(place.Y, 0, 360));
    }

    [Fact]
    public void Values_that_are_no_numbers_leave_a_gap()
    {
        using var plot = new Plot();
        plot.Add.ScatterLine((double[])[1, 2, 3, 4, 5], (double[])[1, 2, double.NaN, 2, 1]).LineWidth = 3;
        var xml = plot.GetSvgXml(640, 360);
        Assert.Equal(2, new Svg(xml).Elements("path").Count(path => path.Attribute("stroke-width")?.Value == "3"));
        Assert.DoesNotContain("NaN", xml);
        Assert.DoesNotContain("∞", xml);
    }

    [Fact]
    public void Characters_that_xml_cannot_hold_are_replaced()
    {
        using var plot = new Plot();
        plot.Title("a\u0001b\uD800c");
        Assert.Contains("a\uFFFDb\uFFFDc", new Svg(plot.GetSvgXml(640, 360)).Texts);
    }

    [Fact]
    public void Pictures_on_one_page_share_no_identifiers()
    {
        using var plot = new Plot();
        plot.Add.ScatterLine((double[])[1, 2], (double[])[1, 2]);
        var svg = new Svg(plot.GetSvgXml(640, 360));
        Assert.DoesNotContain(svg.Root.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName is "id" or "href");
    }

    [Fact]
    public void Error_bars_reach_from_the_lower_to_the_upper_end()
    {
        using var plot = new Plot();
        plot.Axes.SetLimitsX(0, 10);
        plot.Axes.SetLimitsY(0, 10);
        plot.Axes.Bottom.TickGenerator = new NumericManual([2, 9], ["low", "high"]);
        var bar = plot.Add.ErrorBar([5], [5], [0]);
        (bar.XErrorNegative, bar.XErrorPositive, bar.LineWidth) = ([3], [4], 7);
        var svg = new Svg(plot.GetSvgXml(640, 360));
        var ends = svg.Elements("text").Where(text => text.Value is "low" or "high").Select(text => text.Attribute("x")!.Value).ToArray();
        var line = svg.Elements("path").First(path => path.Attribute("stroke-width")?.Value == "7").Attribute("d")!.Value;
        Assert.Equal(ends, line.TrimStart('M').Split('L').Select(point => point.Split(' ')[0]));
    }

    /// <summary>Width in DejaVu Sans at 12 pixels: exact for numbers, about right for words.</summary>
    private static double WidthOf(string text) => 12 * text.Sum(letter => char.IsDigit(letter) ? 0.636 : char.IsLetter(letter) ? 0.56 : 0.34);

    private static double[] Numbers(string text) => [.. text.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];

    private static (double X, double Y, string Text)[] Labels(Svg svg, string anchor) =>
    [
        .. svg.Elements("text").Where(text => text.Attribute("text-anchor")!.Value == anchor)
            .Select(text => (Number(text, "x"), Number(text, "y"), text.Value)),
    ];

    private static double Number(XElement element, string attribute) =>
        double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);
}
