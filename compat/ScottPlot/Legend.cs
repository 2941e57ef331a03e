namespace ScottPlot;

/// <summary>What the symbols of a plot mean. It wraps into columns when it is taller than its place.</summary>
public class Legend
{
    private const double SymbolWidth = 20;
    private const double SymbolHeight = 10;
    private const double SymbolPadding = 6;
    private const double Between = 6;
    private const double PaddingX = 10;
    private const double PaddingY = 5;

    internal Legend()
    {
    }

    public List<LegendItem> ManualItems { get; set; } = [];

    public float? FontSize { get; set; } = null;

    public Color? FontColor { get; set; } = null;

    public Color BackgroundColor { get; set; } = Colors.White;

    public Color OutlineColor { get; set; } = Colors.Black;

    public float OutlineWidth { get; set; } = 1;

    public Color ShadowColor { get; set; } = Colors.Black.WithAlpha(.2);

    internal (double Width, double Height) Measure(double availableHeight)
    {
        if (ManualItems.Count == 0) return (0, 0);
        var rows = Rows(availableHeight);
        var columns = (ManualItems.Count + rows - 1) / rows;
        return (columns * (ItemWidth + PaddingX) + PaddingX, rows * (ItemHeight + Between) - Between + 2 * PaddingY);
    }

    internal void Render(SvgCanvas canvas, Box box)
    {
        if (ManualItems.Count == 0) return;
        const double shadowOffset = 3;
        canvas.Rectangle(new(box.Left + shadowOffset, box.Top + shadowOffset, box.Right + shadowOffset, box.Bottom + shadowOffset), ShadowColor);
        canvas.Rectangle(box, BackgroundColor);
        Pixel[] outline = [new(box.Left, box.Top), new(box.Right, box.Top), new(box.Right, box.Bottom), new(box.Left, box.Bottom), new(box.Left, box.Top)];
        canvas.Polyline(outline, new() { Width = OutlineWidth, Color = OutlineColor });
        var rows = Rows(box.Height);
        for (var i = 0; i < ManualItems.Count; i++)
        {
            var left = box.Left + PaddingX + i / rows * (ItemWidth + PaddingX);
            var top = box.Top + PaddingY + i % rows * (ItemHeight + Between);
            RenderItem(canvas, Styled(ManualItems[i]), left, top + ItemHeight / 2);
        }
    }

    private static void RenderItem(SvgCanvas canvas, LegendItem item, double left, double middle)
    {
        canvas.Rectangle(new(left, middle - SymbolHeight / 2, left + SymbolWidth, middle + SymbolHeight / 2), item.FillColor);
        canvas.Polyline([new(left, middle), new(left + SymbolWidth, middle)], item.LineStyle);
        canvas.Text(item.LabelText, new(left + SymbolWidth + SymbolPadding, middle), item.LabelStyle);
    }

    private double ItemWidth => SymbolWidth + SymbolPadding + ManualItems.Max(item => Styled(item).LabelStyle.Width(item.LabelText));

    private double ItemHeight => Math.Max(SymbolHeight, ManualItems.Max(item => Styled(item).LabelStyle.Height));

    private int Rows(double availableHeight) =>
        Math.Clamp((int)((availableHeight - 2 * PaddingY + Between + 1e-6) / (ItemHeight + Between)), 1, ManualItems.Count);

    private LegendItem Styled(LegendItem item)
    {
        item.LabelFontSize = FontSize ?? item.LabelFontSize;
        item.LabelFontColor = FontColor ?? item.LabelFontColor;
        return item;
    }
}
