namespace ScottPlot;

/// <summary>Short names for the properties of a label.</summary>
public abstract class LabelStyleProperties
{
    public abstract LabelStyle LabelStyle { get; set; }

    public string LabelText { get => LabelStyle.Text; set => LabelStyle.Text = value; }

    public Alignment LabelAlignment { get => LabelStyle.Alignment; set => LabelStyle.Alignment = value; }

    public float LabelFontSize { get => LabelStyle.FontSize; set => LabelStyle.FontSize = value; }

    public bool LabelItalic { get => LabelStyle.Italic; set => LabelStyle.Italic = value; }

    public Color LabelFontColor { get => LabelStyle.ForeColor; set => LabelStyle.ForeColor = value; }
}
