using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using Sweeps.Charts.Reports;

namespace Sweeps.Charts;

/// <summary>
/// What was trained once for several runs: a row for each run from step 0 to its end, runs that begin alike next to each other, and a block for each
/// stage over all rows that go through it. Of many runs those of the first seed stand for the others, whose trees are the same.
/// </summary>
public static class StageTreeChart
{
    private const int Width = 960;
    private const int RowHeight = 24;
    private const int FrameHeight = 110;
    private const int MostRows = 40;
    private const int AllSeedsUpTo = 24;
    private const int LabelLength = 44;
    private const double Gap = 0.06;
    private const double LabelledFrom = 0.05;
    private const double FillOpacity = 0.30;

    /// <summary>Whether any stage is shared or was trained before, so that the tree says more than the table.</summary>
    public static bool IsTree(IReadOnlyList<ReportPath> paths) => paths.SelectMany(path => path.Stages).GroupBy(stage => stage.Id).Any(stage => stage.Count() > 1 || stage.First().IsEarlier);

    /// <summary>What the picture leaves out, in a sentence; null when it has all runs.</summary>
    public static string? Remark(IReadOnlyList<ReportPath> paths)
    {
        var rows = Rows(paths);
        if (rows.Length == paths.Count) return null;
        var seeds = paths.Select(path => path.Seed).Distinct().Count();
        return $"Shown are {rows.Length.ToString("N0", CultureInfo.InvariantCulture)} of {paths.Count.ToString("N0", CultureInfo.InvariantCulture)} runs"
            + (seeds > 1 && rows.Select(row => row.Seed).Distinct().Count() == 1 ? $", of seed {rows[0].Seed} alone; the other seeds' trees are like it." : ".");
    }

    /// <summary>Draws the chart.</summary>
    /// <param name="title">The sweep's name or question.</param>
    /// <param name="paths">The runs and their stages.</param>
    /// <param name="theme">Colours; light ones when null.</param>
    public static Chart Draw(string title, IReadOnlyList<ReportPath> paths, ChartTheme? theme = null)
    {
        theme ??= ChartTheme.Light;
        var rows = Rows(paths);
        if (rows.Length == 0) return theme.Empty(title, "No runs", Width, FrameHeight + 5 * RowHeight);
        var shared = paths.SelectMany(path => path.Stages).GroupBy(stage => stage.Id).ToDictionary(stage => stage.Key, stage => stage.Count());
        var end = rows.Max(row => row.Stages.Count > 0 ? row.Stages[^1].ToStep : 0);

        var plot = theme.NewPlot(title);
        plot.HideGrid();
        for (var top = 0; top < rows.Length; top++)
        {
            foreach (var (depth, stage) in rows[top].Stages.Index())
            {
                if (top > 0 && At(rows[top - 1], depth) == stage.Id) continue;
                var bottom = top;
                while (bottom + 1 < rows.Length && At(rows[bottom + 1], depth) == stage.Id) bottom++;
                Block(plot, theme, stage, shared[stage.Id], rows.Length - 1 - top + 0.5, rows.Length - 1 - bottom - 0.5, end);
            }
        }

        plot.Axes.SetLimitsX(-end * 0.005, end * 1.005);
        plot.Axes.SetLimitsY(-0.5, rows.Length - 0.5);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { LabelFormatter = Ticks.Amount(end) };
        var several = rows.Select(row => row.Seed).Distinct().Count() > 1;
        plot.Axes.Left.TickGenerator = new NumericManual([.. rows.Select((_, place) => (double)(rows.Length - 1 - place))],
            [.. rows.Select(row => ChartLabel.Shorten(row.Configuration, LabelLength) + (several ? $", seed {row.Seed}" : ""))]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.XLabel("Training steps");
        var all = rows.SelectMany(row => row.Stages).ToArray();
        var items = plot.Legend.ManualItems;
        if (all.Any(stage => IsShared(stage, shared))) items.Add(new() { LabelText = "trained once for several runs (×)", FillColor = Shade(theme.Series[0]) });
        if (all.Any(stage => !stage.IsEarlier && !IsShared(stage, shared))) items.Add(new() { LabelText = "trained for one run", FillColor = Shade(theme.Other) });
        if (all.Any(stage => stage.IsEarlier)) items.Add(new() { LabelText = "taken from an earlier sweep", FillColor = Shade(theme.Series[1]) });
        if (all.Any(stage => stage.HasFailed)) items.Add(new() { LabelText = "failed", FillColor = Shade(theme.Target) });
        theme.ShowLegend(plot);
        return new(plot, Width, FrameHeight + Math.Max(5, rows.Length) * RowHeight);
    }

    /// <summary>Neighbours are runs that have the most in common.</summary>
    private static ReportPath[] Rows(IReadOnlyList<ReportPath> paths)
    {
        var chosen = paths.Count <= AllSeedsUpTo ? paths : [.. paths.Where(path => path.Seed == paths.Min(other => other.Seed))];
        var order = new Dictionary<long, int>();
        foreach (var stage in chosen.SelectMany(path => path.Stages)) order.TryAdd(stage.Id, order.Count);
        return [.. chosen.OrderBy(path => path.Stages.Select(stage => order[stage.Id]).ToArray(), Comparer<int[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))).Take(MostRows)];
    }

    private static void Block(Plot plot, ChartTheme theme, ReportStage stage, int runs, double top, double bottom, int end)
    {
        var block = plot.Add.Rectangle(stage.FromStep, stage.ToStep, bottom + Gap, top - Gap);
        block.FillColor = Shade(stage.HasFailed ? theme.Target : stage.IsEarlier ? theme.Series[1] : runs > 1 ? theme.Series[0] : theme.Other);
        (block.LineColor, block.LineWidth) = (theme.Background, 2);
        if (runs < 2 || stage.ToStep - stage.FromStep < end * LabelledFrom) return;
        var text = plot.Add.Text($"×{runs.ToString(CultureInfo.InvariantCulture)}", (stage.FromStep + stage.ToStep) / 2.0, (top + bottom) / 2);
        text.LabelAlignment = Alignment.MiddleCenter;
        (text.LabelFontSize, text.LabelFontColor) = (12, theme.Ink);
    }

    private static bool IsShared(ReportStage stage, Dictionary<long, int> shared) => !stage.IsEarlier && shared[stage.Id] > 1;

    private static long? At(ReportPath path, int depth) => depth < path.Stages.Count ? path.Stages[depth].Id : null;

    private static Color Shade(Color color) => color.WithAlpha(FillOpacity);
}
