using ScottPlot;
using ScottPlot.Palettes;

namespace Compat.ScottPlot;

/// <summary>Colours and palettes.</summary>
public sealed class ColorContract
{
    [Theory]
    [InlineData("#1f77b4", 0x1f, 0x77, 0xb4, 255)]
    [InlineData("1f77b4", 0x1f, 0x77, 0xb4, 255)]
    [InlineData("#1f77b480", 0x1f, 0x77, 0xb4, 0x80)]
    public void Colours_are_read_from_hexadecimal(string hex, byte red, byte green, byte blue, byte alpha)
    {
        var color = Color.FromHex(hex);
        Assert.Equal((red, green, blue, alpha), (color.Red, color.Green, color.Blue, color.Alpha));
    }

    [Fact]
    public void Opacity_is_a_fraction() => Assert.Equal("#1F77B47F", Color.FromHex("#1f77b4").WithAlpha(0.5).ToHex());

    [Fact]
    public void A_palette_begins_again_after_its_last_colour()
    {
        var palette = new Category10();
        Assert.Equal(10, palette.Colors.Length);
        Assert.Equal(palette.GetColor(3).ToHex(), palette.GetColor(13).ToHex());
        Assert.Equal(10, palette.Colors.Select(color => color.ToHex()).Distinct().Count());
    }

    [Fact]
    public void Series_take_the_colours_of_the_palette_in_turn()
    {
        using var plot = new Plot();
        var (first, second) = (plot.Add.ScatterLine((double[])[1], (double[])[1]), plot.Add.ScatterLine((double[])[1], (double[])[1]));
        Assert.Equal(plot.Add.Palette.GetColor(0).ToHex(), first.LineColor.ToHex());
        Assert.Equal(plot.Add.Palette.GetColor(1).ToHex(), second.LineColor.ToHex());
    }
}
