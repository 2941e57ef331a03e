using System.Collections.Immutable;
using Sweeps.Core.Search;
using Sweeps.Core.Statistics.Importance;

namespace Sweeps.Core.Tests.Statistics;

public sealed class ParameterImportanceTests
{
    private static readonly SearchSpace Grid = new([new("a", new IntUniformDistribution(0, 7)), new("b", new IntUniformDistribution(0, 7))]);

    // Var(3a) : Var(b) = 9 : 1, and a tree that knows every point is the function itself.
    [Fact]
    public void A_tree_of_a_whole_grid_has_the_shares_of_the_function()
    {
        var dimension = new Dimension([.. Enumerable.Repeat(1 / 8.0, 8)], IsOrdered: true);
        var cells = Enumerable.Range(0, 64).Select(i => new[] { i / 8, i % 8 }).ToArray();
        double[] scores = [.. cells.Select(cell => 3.0 * cell[0] + cell[1])];
        var leaves = RegressionTree.Grow([dimension, dimension], cells, scores, [.. Enumerable.Range(0, 64)]);
        Assert.Equal(64, leaves.Count);
        Assert.Equal(1, leaves.Sum(leaf => leaf.Weight), 1e-12);
        var shares = ParameterImportance.SharesOf(leaves, [dimension, dimension])!;
        Assert.Equal(0.9, shares[0], 1e-12);
        Assert.Equal(0.1, shares[1], 1e-12);
    }

    [Fact]
    public void The_forest_finds_about_the_same_from_half_of_the_grid()
    {
        var random = new SplitMix64(1);
        var importance = ParameterImportance.Of(Grid, [.. Scored(Grid, 40, random, point => 3 * point["a"] + point["b"])]);
        Assert.Equal(["a", "b"], importance.Select(parameter => parameter.Parameter));
        Assert.InRange(importance[0].Share, 0.8, 0.97);
        Assert.InRange(importance[1].Share, 0.02, 0.15);
    }

    // Ishigami's function sin x + 7 sin^2 y + 0.1 z^4 sin x on [-pi, pi]^3: first-order indices 0.3139, 0.4424 and 0 (Saltelli, Chan and
    // Scott, "Sensitivity Analysis", 2000); the rest, 0.2437, is what x and z do together. Trees that have seen 800 points find somewhat less.
    [Fact]
    public void The_shares_of_Ishigamis_function_are_about_the_published_ones()
    {
        var space = new SearchSpace([.. "xyz".Select(name => new SearchParameter($"{name}", new UniformDistribution(-Math.PI, Math.PI)))]);
        var importance = ParameterImportance.Of(space, [.. Scored(space, 800, new SplitMix64(1), p =>
            Math.Sin(p["x"]) + 7 * Math.Pow(Math.Sin(p["y"]), 2) + 0.1 * Math.Pow(p["z"], 4) * Math.Sin(p["x"]))]);
        var shares = importance.ToDictionary(parameter => parameter.Parameter, parameter => parameter.Share);
        Assert.InRange(shares["x"], 0.25, 0.3139);
        Assert.InRange(shares["y"], 0.27, 0.4424);
        Assert.InRange(shares["z"], 0, 0.03);
    }

    [Fact]
    public void Names_need_no_order()
    {
        var space = new SearchSpace([new("kind", new CategoricalDistribution([.. "pqrstu".Select(letter => ParameterValue.Of($"{letter}"))])), new("a", new IntUniformDistribution(0, 3))]);
        var importance = ParameterImportance.Of(space, [.. GridSearch.Points(space).Select((point, index) => new ScoredConfiguration(
            new Configuration(index, point, space.Varying), point["kind"].AsString is "p" or "s" or "u" ? 1 : 0))]);
        Assert.Equal("kind", importance[0].Parameter);
        Assert.InRange(importance[0].Share, 0.9, 1);
        Assert.InRange(importance[1].Share, 0, 0.05);
    }

    [Fact]
    public void Without_a_difference_nothing_is_important()
    {
        Assert.Empty(ParameterImportance.Of(Grid, [.. Scored(Grid, 20, new SplitMix64(1), _ => 2)]));
        Assert.Empty(ParameterImportance.Of(Grid, [.. Scored(Grid, 1, new SplitMix64(1), point => point["a"])]));
        Assert.Empty(ParameterImportance.Of(Grid, [.. Scored(Grid, 20, new SplitMix64(1), _ => double.NaN)]));
    }

    private static IEnumerable<ScoredConfiguration> Scored(SearchSpace space, int count, SplitMix64 random, Func<ImmutableDictionary<string, double>, double> score)
    {
        var cube = new UnitCube(space);
        for (var i = 0; i < count; i++)
        {
            var point = cube.PointAt([.. cube.Axes.Select(_ => random.NextUniform())]);
            yield return new ScoredConfiguration(new Configuration(i, point, space.Varying), score(point.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.AsDouble!.Value)));
        }
    }
}
