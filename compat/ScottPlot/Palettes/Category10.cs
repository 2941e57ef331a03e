namespace ScottPlot.Palettes;

/// <summary>The ten colours that Matplotlib, Vega and Tableau made common.</summary>
public class Category10 : IPalette
{
    public Color[] Colors { get; } =
    [
        Color.FromHex("#1f77b4"), Color.FromHex("#ff7f0e"), Color.FromHex("#2ca02c"), Color.FromHex("#d62728"), Color.FromHex("#9467bd"),
        Color.FromHex("#8c564b"), Color.FromHex("#e377c2"), Color.FromHex("#7f7f7f"), Color.FromHex("#bcbd22"), Color.FromHex("#17becf"),
    ];

    public Color GetColor(int index) => Colors[index % Colors.Length];
}
