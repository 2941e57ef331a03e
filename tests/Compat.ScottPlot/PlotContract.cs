using ScottPlot;

namespace Compat.ScottPlot;

/// <summary>What a plot and its axes promise; true for the package and for the stand-in.</summary>
public sealed class PlotContract
{
    [Fact]
    public void A_picture_is_well_formed_and_has_the_size_that_was_asked_for()
    {
        using var plot = new Plot();
        plot.Add.ScatterLine((double[])[1, 2, 3], (double[])[4, 5, 4]);
        var svg = new Svg(plot.GetSvgXml(640, 360));
        Assert.Equal("svg", svg.Root.Name.LocalName);
        Assert.Equal("640", svg.Root.Attribute("width")!.Value);
        Assert.Equal("360", svg.Root.Attribute("height")!.Value);
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(100, 0)]
    public void A_picture_without_area_is_refused(int width, int height)
    {
        using var plot = new Plot();
        Assert.Throws<ArgumentException>(() => plot.GetSvgXml(width, height));
    }

    [Fact]
    public void Title_and_axis_labels_are_in_the_picture()
    {
        using var plot = new Plot();
        plot.Title("Loss", 15);
        plot.XLabel("Tokens", 13);
        plot.YLabel("Nats");
        var texts = new Svg(plot.GetSvgXml(640, 360)).Texts;
        Assert.Contains("Loss", texts);
        Assert.Contains("Tokens", texts);
        Assert.Contains("Nats", texts);
    }

    [Fact]
    public void Saving_writes_the_file_and_says_where()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".svg");
        try
        {
            using var plot = new Plot();
            var saved = plot.SaveSvg(path, 300, 200);
            Assert.Equal(Path.GetFullPath(path), saved.Path);
            Assert.Equal(File.ReadAllText(path).Length, saved.FileSize);
            Assert.Equal("svg", new Svg(File.ReadAllText(path)).Root.Name.LocalName);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Text_of_the_user_stays_text()
    {
        using var plot = new Plot();
        plot.Title("<script>alert('&')</script>");
        var svg = new Svg(plot.GetSvgXml(640, 360));
        Assert.Empty(svg.Elements("script"));
        Assert.Contains("<script>alert('&')</script>", svg.Texts);
    }

    [Fact]
    public void Axes_without_limits_show_all_data()
    {
        using var plot = new Plot();
        plot.Add.ScatterLine((double[])[1, 9], (double[])[-3, 30]);
        plot.GetSvgXml(640, 360);
        Assert.True(plot.Axes.Bottom.Min < 1 && plot.Axes.Bottom.Max > 9);
        Assert.True(plot.Axes.Left.Min < -3 && plot.Axes.Left.Max > 30);
    }

    [Fact]
    public void Limits_that_were_set_stay()
    {
        using var plot = new Plot();
        plot.Add.ScatterLine((double[])[1, 9], (double[])[-3, 30]);
        plot.Axes.SetLimitsX(2, 4);
        plot.Axes.SetLimitsY(0, 1);
        plot.Axes.SetLimitsY(-5, 5, plot.Axes.Right);
        plot.GetSvgXml(640, 360);
        Assert.Equal((2, 4), (plot.Axes.Bottom.Min, plot.Axes.Bottom.Max));
        Assert.Equal((0, 1), (plot.Axes.Left.Min, plot.Axes.Left.Max));
        Assert.Equal((-5, 5), (plot.Axes.Right.Min, plot.Axes.Right.Max));
    }

    [Fact]
    public void Items_of_the_legend_are_in_the_picture()
    {
        using var plot = new Plot();
        plot.Legend.ManualItems.Add(new() { LabelText = "baseline", LineColor = Colors.Black, LineWidth = 2, LinePattern = LinePattern.Dashed });
        plot.Legend.ManualItems.Add(new() { LabelText = "interval", FillColor = Colors.Black.WithAlpha(.2) });
        plot.ShowLegend(Edge.Right).Alignment = Alignment.UpperLeft;
        var texts = new Svg(plot.GetSvgXml(640, 360)).Texts;
        Assert.Contains("baseline", texts);
        Assert.Contains("interval", texts);
    }

    [Fact]
    public void A_text_is_drawn_only_when_visible()
    {
        using var plot = new Plot();
        plot.Add.Text("seen", 0.5, 0.5);
        plot.Add.Text("hidden", 0.5, 0.5).IsVisible = false;
        var texts = new Svg(plot.GetSvgXml(640, 360)).Texts;
        Assert.Contains("seen", texts);
        Assert.DoesNotContain("hidden", texts);
    }

    [Fact]
    public void Points_need_as_many_y_as_x()
    {
        using var plot = new Plot();
        Assert.Throws<ArgumentException>(() => plot.Add.ScatterLine((double[])[1, 2], (double[])[1]));
    }

    [Fact]
    public void One_call_colours_all_axes_and_the_title()
    {
        using var plot = new Plot();
        plot.Axes.Color(Color.FromHex("#123456"));
        Assert.Equal("#123456", plot.Axes.Left.TickLabelStyle.ForeColor.ToHex());
        Assert.Equal("#123456", plot.Axes.Bottom.FrameLineStyle.Color.ToHex());
        Assert.Equal("#123456", plot.Axes.Title.Label.ForeColor.ToHex());
    }

    [Fact]
    public void A_rectangle_covers_its_part_of_the_axes()
    {
        using var plot = new Plot();
        var rectangle = plot.Add.Rectangle(1, 3, 10, 30);
        Assert.Equal((1, 3, 10, 30), (rectangle.X1, rectangle.X2, rectangle.Y1, rectangle.Y2));
        rectangle.FillColor = Color.FromHex("#123456");
        rectangle.LineWidth = 0;
        Assert.Contains("#123456", plot.GetSvgXml(640, 360), StringComparison.OrdinalIgnoreCase);
        Assert.True(plot.Axes.Bottom.Min <= 1 && plot.Axes.Bottom.Max >= 3 && plot.Axes.Left.Min <= 10 && plot.Axes.Left.Max >= 30);
    }
}
