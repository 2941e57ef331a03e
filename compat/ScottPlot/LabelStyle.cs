namespace ScottPlot;

/// <summary>A text and how it is drawn.</summary>
public class LabelStyle
{
    public string Text { get; set; } = string.Empty;

    public bool IsVisible { get; set; } = true;

    public Alignment Alignment { get; set; } = Alignment.UpperLeft;

    /// <summary>Clockwise, in degrees.</summary>
    public float Rotation { get; set; } = 0;

    public Color ForeColor { get; set; } = Colors.Black;

    public float FontSize { get; set; } = 12;

    public bool Bold { get; set; } = false;

    public bool Italic = false;

    internal double Width(string text) => FontMetrics.Width(text, FontSize, Bold);

    internal double Height => FontMetrics.LineHeight(FontSize);
}
