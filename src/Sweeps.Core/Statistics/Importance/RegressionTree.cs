using System.Collections.Immutable;
using Sweeps.Core.Search;

namespace Sweeps.Core.Statistics.Importance;

/// <summary>A region of the search space on which a tree has one value: a product of one <see cref="Span"/> for each parameter.</summary>
/// <param name="Value">The mean of the scores in it.</param>
/// <param name="Spans">Its extent along each parameter.</param>
internal sealed record Leaf(double Value, ImmutableArray<Span> Spans)
{
    /// <summary>The region's share of the space.</summary>
    public double Weight => Spans.Aggregate(1.0, (product, span) => product * span.Width);

    /// <summary>The same without one parameter.</summary>
    public double WeightWithout(int parameter) => Spans.Where((_, index) => index != parameter).Aggregate(1.0, (product, span) => product * span.Width);
}

/// <summary>Part of a parameter's values: cells [Low, High) of all of them, in the order of the parameter, or any cells when it has no order.</summary>
/// <param name="Cells">Which of the parameter's cells belong to it.</param>
/// <param name="Width">Their share of the parameter.</param>
internal readonly record struct Span(ImmutableArray<bool> Cells, double Width);

/// <summary>A parameter's values as they occur: cells that divide [0, 1), each about one value.</summary>
/// <param name="Widths">Width of each cell.</param>
/// <param name="IsOrdered">Whether near cells are alike; otherwise any set of cells can be told from the rest.</param>
internal sealed record Dimension(ImmutableArray<double> Widths, bool IsOrdered)
{
    /// <summary>All of it.</summary>
    public Span Whole => new([.. Widths.Select(_ => true)], 1);

    /// <summary>The cells of a span that a set holds.</summary>
    public Span Restrict(Span span, Func<int, bool> holds)
    {
        ImmutableArray<bool> cells = [.. span.Cells.Select((isIn, cell) => isIn && holds(cell))];
        return new Span(cells, cells.Zip(Widths, (isIn, width) => isIn ? width : 0).Sum());
    }
}

/// <summary>
/// A regression tree grown until its leaves have one value (Breiman et al. 1984): each split is the one that leaves the least squared error, of an
/// ordered parameter at a place, of another one into two sets of its values, found along their means.
/// </summary>
internal static class RegressionTree
{
    /// <summary>Grows a tree and returns its leaves, which cover the space.</summary>
    /// <param name="dimensions">The parameters.</param>
    /// <param name="cells">For each observation the cell of each parameter.</param>
    /// <param name="scores">The observations.</param>
    /// <param name="sample">Which observations to use; some may come more than once.</param>
    public static IReadOnlyList<Leaf> Grow(IReadOnlyList<Dimension> dimensions, int[][] cells, double[] scores, int[] sample)
    {
        var leaves = new List<Leaf>();
        var open = new Stack<(int[] Sample, ImmutableArray<Span> Spans)>([(sample, [.. dimensions.Select(dimension => dimension.Whole)])]);
        while (open.TryPop(out var node))
        {
            if (BestSplit(dimensions, cells, scores, node.Sample) is not { } split)
            {
                leaves.Add(new Leaf(node.Sample.Average(i => scores[i]), node.Spans));
                continue;
            }
            foreach (var side in new[] { true, false })
            {
                var spans = node.Spans.SetItem(split.Parameter, dimensions[split.Parameter].Restrict(node.Spans[split.Parameter], cell => split.First[cell] == side));
                open.Push(([.. node.Sample.Where(i => split.First[cells[i][split.Parameter]] == side)], spans));
            }
        }
        return leaves;
    }

    /// <summary>The parameter to split and the cells of its first side; null when nothing is left to tell apart.</summary>
    private static (int Parameter, bool[] First)? BestSplit(IReadOnlyList<Dimension> dimensions, int[][] cells, double[] scores, int[] sample)
    {
        (int, bool[])? best = null;
        var mean = sample.Average(i => scores[i]);
        // What is left is rounding.
        var gain = 1e-12 * sample.Sum(i => (scores[i] - mean) * (scores[i] - mean));
        for (var parameter = 0; parameter < dimensions.Count; parameter++)
        {
            var place = parameter;
            var groups = sample.GroupBy(i => cells[i][place])
                .Select(group => (Cell: group.Key, Count: group.Count(), Sum: group.Sum(i => scores[i] - mean)));
            var ordered = (dimensions[parameter].IsOrdered ? groups.OrderBy(group => group.Cell) : groups.OrderBy(group => group.Sum / group.Count).ThenBy(group => group.Cell)).ToArray();
            var (count, sum) = (0, 0.0);
            for (var i = 0; i + 1 < ordered.Length; i++)
            {
                (count, sum) = (count + ordered[i].Count, sum + ordered[i].Sum);
                // The sums are about the mean: those of the two sides are opposite.
                var reduction = sum * sum / count + sum * sum / (sample.Length - count);
                if (reduction <= gain) continue;
                gain = reduction;
                best = (parameter, FirstSide(dimensions[parameter], ordered[..(i + 1)].Select(group => group.Cell).ToArray(), ordered[i + 1].Cell));
            }
        }
        return best;
    }

    // Cells that no observation is in go with their neighbours: half of those between two values to each side.
    private static bool[] FirstSide(Dimension dimension, int[] first, int next)
    {
        var side = new bool[dimension.Widths.Length];
        if (!dimension.IsOrdered)
        {
            foreach (var cell in first) side[cell] = true;
            return side;
        }
        Array.Fill(side, true, 0, (first[^1] + next + 1) / 2);
        return side;
    }
}
