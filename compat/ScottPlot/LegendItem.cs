namespace ScottPlot;

/// <summary>One line of a legend: a symbol and its meaning.</summary>
public class LegendItem : LabelStyleProperties
{
    public override LabelStyle LabelStyle { get; set; } = new() { Alignment = Alignment.MiddleLeft };

    public LineStyle LineStyle { get; set; } = new() { Width = 0 };

    public float LineWidth { get => LineStyle.Width; set => LineStyle.Width = value; }

    public LinePattern LinePattern { get => LineStyle.Pattern; set => LineStyle.Pattern = value; }

    public Color LineColor { get => LineStyle.Color; set => LineStyle.Color = value; }

    public Color FillColor { get; set; } = Colors.Transparent;
}
