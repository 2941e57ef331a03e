namespace ScottPlot.AxisPanels;

/// <summary>An axis at one edge of the data area: measures the room that it needs and draws itself.</summary>
internal sealed class AxisPanel : IXAxis, IYAxis
{
    private const double TickLabelGap = 4;
    private const double LabelGap = 8;
    private const double OuterPadding = 6;
    private const double EmptyPadding = 10;

    private readonly Edge edge;

    public AxisPanel(Edge edge)
    {
        this.edge = edge;
        Label.Rotation = edge switch { Edge.Left => -90, Edge.Right => 90, _ => 0 };
    }

    public double Min { get; set; } = double.PositiveInfinity;

    public double Max { get; set; } = double.NegativeInfinity;

    public ITickGenerator TickGenerator { get; set; } = new TickGenerators.NumericAutomatic();

    public LabelStyle Label { get; } = new() { FontSize = 16, Bold = true };

    public LabelStyle TickLabelStyle { get; set; } = new();

    public TickMarkStyle MajorTickStyle { get; set; } = new() { Length = 4, Width = 1, Color = Colors.Black };

    public TickMarkStyle MinorTickStyle { get; set; } = new() { Length = 2, Width = 1, Color = Colors.Black };

    public LineStyle FrameLineStyle { get; } = new() { Width = 1 };

    public bool HasRange => Min <= Max;

    private bool IsVertical => edge is Edge.Left or Edge.Right;

    private IEnumerable<Tick> Labelled => TickGenerator.Ticks.Where(tick => tick.Label.Length > 0);

    public double PixelOf(double position, Box area)
    {
        var fraction = (position - Min) / (Max - Min);
        return IsVertical ? area.Bottom - fraction * area.Height : area.Left + fraction * area.Width;
    }

    public void RegenerateTicks(Box area)
    {
        if (HasRange) TickGenerator.Regenerate(Min, Max, IsVertical ? area.Height : area.Width, edge, TickLabelStyle);
    }

    /// <summary>Room between the data area and what lies farther out.</summary>
    public double Size
    {
        get
        {
            var label = Label.Text.Length == 0 ? EmptyPadding : LabelGap + Label.Height + OuterPadding;
            return HasRange ? TickLabelDistance + TickLabelSize + label : EmptyPadding;
        }
    }

    /// <summary>How far a tick label at the very end of a horizontal axis sticks out sidewards.</summary>
    public double Overhang => IsVertical || !HasRange ? 0 : Labelled.Select(tick => TickLabelStyle.Width(tick.Label) / 2).DefaultIfEmpty(0).Max();

    private double TickLabelDistance => Labelled.Any() ? MajorTickStyle.Length + TickLabelGap : 0;

    private double TickLabelSize => !Labelled.Any() ? 0
        : IsVertical ? Labelled.Max(tick => TickLabelStyle.Width(tick.Label)) : TickLabelStyle.Height;

    public void Render(SvgCanvas canvas, Box area)
    {
        if (HasRange)
        {
            TickLabelStyle.Alignment = edge switch
            {
                Edge.Left => Alignment.MiddleRight,
                Edge.Right => Alignment.MiddleLeft,
                Edge.Bottom => Alignment.UpperCenter,
                _ => Alignment.LowerCenter,
            };
            foreach (var tick in TickGenerator.Ticks)
            {
                var style = tick.IsMajor ? MajorTickStyle : MinorTickStyle;
                canvas.Polyline([Outside(tick, area, 0), Outside(tick, area, style.Length)], new() { Width = style.Length > 0 ? style.Width : 0, Color = style.Color });
                canvas.Text(tick.Label, Outside(tick, area, TickLabelDistance), TickLabelStyle);
            }
        }

        canvas.Polyline(Frame(area), FrameLineStyle);
        Label.Alignment = Alignment.MiddleCenter;
        canvas.Text(Label.Text, LabelPlace(area), Label);
    }

    private Pixel Outside(Tick tick, Box area, double distance)
    {
        var along = PixelOf(tick.Position, area);
        return edge switch
        {
            Edge.Left => new(area.Left - distance, along),
            Edge.Right => new(area.Right + distance, along),
            Edge.Bottom => new(along, area.Bottom + distance),
            _ => new(along, area.Top - distance),
        };
    }

    private Pixel[] Frame(Box area) => edge switch
    {
        Edge.Left => [new(area.Left, area.Top), new(area.Left, area.Bottom)],
        Edge.Right => [new(area.Right, area.Top), new(area.Right, area.Bottom)],
        Edge.Bottom => [new(area.Left, area.Bottom), new(area.Right, area.Bottom)],
        _ => [new(area.Left, area.Top), new(area.Right, area.Top)],
    };

    private Pixel LabelPlace(Box area)
    {
        var distance = TickLabelDistance + TickLabelSize + LabelGap + Label.Height / 2;
        return edge switch
        {
            Edge.Left => new(area.Left - distance, area.CenterY),
            Edge.Right => new(area.Right + distance, area.CenterY),
            Edge.Bottom => new(area.CenterX, area.Bottom + distance),
            _ => new(area.CenterX, area.Top - distance),
        };
    }
}
