using ScottPlot;

namespace Sweeps.Charts.Tests;

public sealed class ChartTests
{
    [Fact]
    public void A_saved_picture_is_the_picture()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".svg");
        try
        {
            using var chart = LossChart.Draw("sweep", [new("c", true, [new(0, 5), new(10, 2)])]);
            chart.SaveSvg(path);
            Assert.Equal(chart.ToSvg(), File.ReadAllText(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_same_data_give_the_same_picture()
    {
        Assert.Equal(Draw(), Draw());

        static string Draw()
        {
            using var chart = EfficiencyChart.Draw("sweep", [new("a", true, 2, 2, 1), new("b", false, 2, 2, 1.2, 1.1, 1.3)], 1.7);
            return chart.ToSvg();
        }
    }

    /// <summary>WCAG 2.1, success criteria 1.4.3 (text, 4.5:1) and 1.4.11 (graphics, 3:1).</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Text_and_lines_stand_out_from_the_background(bool dark)
    {
        var theme = dark ? ChartTheme.Dark : ChartTheme.Light;
        Assert.All((Color[])[theme.Ink, theme.Faint], color => Assert.True(Contrast(color, theme.Background) >= 4.5, color.ToHex()));
        Assert.All(theme.Series.Append(theme.Target), color => Assert.True(Contrast(color, theme.Background) >= 3, color.ToHex()));
        Assert.Equal(theme.Series.Count, theme.Series.Select(color => color.ToHex()).Distinct().Count());
    }

    private static double Contrast(Color a, Color b)
    {
        var (one, two) = (Luminance(a) + 0.05, Luminance(b) + 0.05);
        return Math.Max(one, two) / Math.Min(one, two);
    }

    private static double Luminance(Color color) =>
        0.2126 * Linear(color.Red) + 0.7152 * Linear(color.Green) + 0.0722 * Linear(color.Blue);

    private static double Linear(byte channel)
    {
        var value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}
