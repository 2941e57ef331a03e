namespace ScottPlot.TickGenerators;

/// <summary>Ticks at given places.</summary>
public class NumericManual : ITickGenerator
{
    private readonly List<Tick> all = [];

    public NumericManual()
    {
    }

    public NumericManual(double[] positions, string[] labels)
    {
        if (positions.Length != labels.Length)
            throw new ArgumentException($"{nameof(positions)} must have same length as {nameof(labels)}");
        foreach (var (position, label) in positions.Zip(labels)) AddMajor(position, label);
    }

    public Tick[] Ticks { get; private set; } = [];

    public void AddMajor(double position, string label) => all.Add(Tick.Major(position, label));

    void ITickGenerator.Regenerate(double min, double max, double pixels, Edge edge, LabelStyle style) =>
        Ticks = [.. all.Where(tick => tick.Position >= min && tick.Position <= max)];
}
