namespace ScottPlot.Panels;

/// <summary>The title above the data area.</summary>
public class TitlePanel
{
    private const double Padding = 14;

    internal TitlePanel()
    {
    }

    public LabelStyle Label { get; } = new() { FontSize = 16, Bold = true, Alignment = Alignment.LowerCenter };

    internal double Size => Label.Text.Length > 0 ? Label.Height * Label.Text.Split('\n').Length + Padding : 0;

    internal void Render(SvgCanvas canvas, Box area) =>
        canvas.Text(Label.Text, new(area.CenterX, area.Top - Padding / 2), Label);
}
