using System.Collections.Immutable;
using Sweeps.Core.Search;

namespace Sweeps.Core.Statistics.Importance;

/// <summary>How much of the metric's variance over the search space one parameter explains alone.</summary>
/// <param name="Parameter">Its name.</param>
/// <param name="Share">From 0 to 1; the shares' sum is below 1 by what parameters do only together.</param>
/// <param name="Spread">Standard deviation of the share over the trees: how sure the model is.</param>
public sealed record ParameterImportance(string Parameter, double Share, double Spread)
{
    /// <summary>Trees of the forest, as in Optuna.</summary>
    public const int Trees = 64;

    /// <summary>
    /// Functional analysis of variance on a random forest (Hutter, Hoos and Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter
    /// Importance", 2014), with as many trees as Optuna has. The space is weighted as the search draws from it. Parameters that some of the
    /// configurations leave out are not judged.
    /// </summary>
    /// <param name="space">The search space.</param>
    /// <param name="scores">Configurations and their scores; those without a finite one do not count.</param>
    /// <param name="seed">Seed of the forest's random numbers.</param>
    /// <returns>The most important first; empty with fewer than two configurations, or when all scores are equal.</returns>
    public static IReadOnlyList<ParameterImportance> Of(SearchSpace space, IReadOnlyList<ScoredConfiguration> scores, ulong seed = 1)
    {
        var scored = scores.Where(trial => trial.Score is { } score && double.IsFinite(score) && space.Contains(trial.Configuration.Parameters)).ToArray();
        if (scored.Length < 2 || scored.All(trial => trial.Score!.Value.Equals(scored[0].Score!.Value))) return [];
        var judged = space.Parameters.Where(parameter => parameter.Varies && scored.All(trial => trial.Configuration.Parameters.ContainsKey(parameter.Name)))
            .Select(parameter => Column.Of(parameter, [.. scored.Select(trial => trial.Configuration.Parameters[parameter.Name])])).ToArray();
        var cells = Enumerable.Range(0, scored.Length).Select(i => judged.Select(column => column.Cells[i]).ToArray()).ToArray();
        var dimensions = judged.Select(column => column.Dimension).ToArray();
        double[] values = [.. scored.Select(trial => trial.Score!.Value)];
        var random = new SplitMix64(seed);
        var shares = Enumerable.Range(0, Trees)
            .Select(_ => RegressionTree.Grow(dimensions, cells, values, [.. values.Select(_ => random.Below(values.Length))]))
            .Select(leaves => SharesOf(leaves, dimensions)).OfType<double[]>().ToArray();
        return [.. judged.Select((column, index) => (column.Name, Sample: Sample.Of([.. shares.Select(share => share[index])])))
            .Select(parameter => new ParameterImportance(parameter.Name, parameter.Sample.Mean, parameter.Sample.Sd ?? 0))
            .OrderByDescending(importance => importance.Share).ThenBy(importance => importance.Parameter, StringComparer.Ordinal)];
    }

    /// <summary>Each parameter's share of a tree's variance; null for a tree that is one leaf.</summary>
    internal static double[]? SharesOf(IReadOnlyList<Leaf> leaves, IReadOnlyList<Dimension> dimensions)
    {
        var mean = leaves.Sum(leaf => leaf.Weight * leaf.Value);
        var variance = leaves.Sum(leaf => leaf.Weight * (leaf.Value - mean) * (leaf.Value - mean));
        if (variance <= 0) return null;
        return [.. dimensions.Select((dimension, index) =>
        {
            // The mean over all others, as a function of this parameter.
            var marginal = new double[dimension.Widths.Length];
            foreach (var leaf in leaves)
            {
                var part = leaf.WeightWithout(index) * (leaf.Value - mean);
                for (var cell = 0; cell < marginal.Length; cell++)
                    if (leaf.Spans[index].Cells[cell]) marginal[cell] += part;
            }
            return marginal.Zip(dimension.Widths, (value, width) => width * value * value).Sum() / variance;
        })];
    }

    /// <summary>A parameter's values as cells.</summary>
    private sealed record Column(string Name, Dimension Dimension, int[] Cells)
    {
        public static Column Of(SearchParameter parameter, ParameterValue[] values)
        {
            var axis = new Axis(parameter.Distribution);
            if (!axis.IsOrdered)
                return new Column(parameter.Name, new Dimension([.. axis.Choices.Select(choice => choice.Width)], IsOrdered: false), [.. values.Select(axis.ChoiceOf)]);
            // A value's cell ends half way to the next value that occurs.
            var places = values.Select(value => axis.CellOf(value).Middle).ToArray();
            var distinct = places.Distinct().Order().ToArray();
            double[] edges = [0, .. distinct.Zip(distinct.Skip(1), (low, high) => (low + high) / 2), 1];
            return new Column(parameter.Name, new Dimension([.. edges.Zip(edges.Skip(1), (low, high) => high - low)], IsOrdered: true),
                [.. places.Select(place => Array.BinarySearch(distinct, place))]);
        }
    }
}
