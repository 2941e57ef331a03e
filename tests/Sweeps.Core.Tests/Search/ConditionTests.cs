using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Tests.Search;

public sealed class ConditionTests
{
    private const string Kinds = """
        parameters:
          head_kind: {values: [shared, causal, linear]}
          heads: {values: [1, 2, 4]}
          bias: {values: [yes, no]}
        when: {heads: {parameter: head_kind, in: [causal, linear]}, bias: {parameter: heads, in: [4]}}
        """;

    [Fact]
    public void A_parameter_is_absent_where_its_condition_does_not_hold_and_combinations_that_differ_there_are_one() =>
        // bias varies slowest; where it is left out, it is so at its first value.
        Assert.Equal(
        [
            "head_kind=shared", "head_kind=causal heads=1", "head_kind=causal heads=2", "bias=true head_kind=causal heads=4", "head_kind=linear heads=1",
            "head_kind=linear heads=2", "bias=true head_kind=linear heads=4", "bias=false head_kind=causal heads=4", "bias=false head_kind=linear heads=4",
        ], Labels("method: grid\n" + Kinds));

    [Fact]
    public void A_grid_is_all_combinations_projected_without_repetition() => Properties.Hold(Spaces(), space =>
    {
        var whole = new SearchSpace(space.Parameters.Select(parameter => parameter with { When = null }));
        var expected = GridSearch.Points(whole).Select(space.WithoutInactive).Where(point => !space.IsSkipped(point)).Select(Configuration.Canonical).Distinct();
        return expected.SequenceEqual(GridSearch.Points(space).Select(Configuration.Canonical));
    });

    [Fact]
    public void Random_search_draws_configurations_of_the_space_and_all_of_a_small_one() => Properties.Hold(Spaces(), space =>
    {
        var all = GridSearch.Points(space).Select(Configuration.Canonical).ToHashSet();
        var drawn = RandomSearch.Points(space, 1000, 7).ToArray();
        return drawn.All(space.Contains) && all.SetEquals(drawn.Select(Configuration.Canonical));
    }, tests: 50);

    [Fact]
    public void Random_search_leaves_out_what_a_condition_does_and_draws_the_rest_as_without_it()
    {
        const string File = "method: random\nrun_cap: 12\nparameters: {head_kind: {values: [shared, causal]}, heads: {min: 1, max: 60}, dropout: {min: 0.0, max: 0.5}}\n";
        var without = SweepPlan.Of(SweepFile.Parse(File, "a.yaml")).Configurations;
        var with = SweepPlan.Of(SweepFile.Parse(File + "when: {heads: {parameter: head_kind, in: [causal]}}\n", "a.yaml")).Configurations;
        Assert.Equal(without.Select(configuration => configuration.Parameters["dropout"]), with.Select(configuration => configuration.Parameters["dropout"]));
        Assert.All(with, configuration => Assert.Equal(configuration.Parameters["head_kind"].AsString == "causal", configuration.Parameters.ContainsKey("heads")));
        Assert.InRange(with.Count(configuration => configuration.Parameters.ContainsKey("heads")), 1, 11);
    }

    [Fact]
    public void Random_search_draws_skipped_points_again_and_gives_as_many_as_were_asked_for()
    {
        const string File = "method: random\nrun_cap: 40\nparameters: {layers: {min: 1, max: 12}, dropout: {min: 0.0, max: 0.5}}\nskip: [layers <= 6 and dropout > 0.1, dropout < 0.01]\n";
        var plan = SweepPlan.Of(SweepFile.Parse(File, "a.yaml"));
        Assert.Equal(40, plan.Configurations.Length);
        Assert.Equal(plan.Configurations, SweepPlan.Of(SweepFile.Parse(File, "a.yaml")).Configurations);
        Assert.All(plan.Configurations, configuration =>
        {
            var (layers, dropout) = (configuration.Parameters["layers"].AsLong, configuration.Parameters["dropout"].AsDouble);
            Assert.False(layers <= 6 && dropout > 0.1 || dropout < 0.01);
        });
        Assert.Contains(plan.Configurations, configuration => configuration.Parameters["layers"].AsLong <= 6);
    }

    [Fact]
    public void A_baseline_leaves_out_what_its_configuration_does()
    {
        var plan = SweepPlan.Of(SweepFile.Parse("method: grid\n" + Kinds + "\nbaseline: {head_kind: shared}\n", "a.yaml"));
        Assert.Equal(("head_kind=shared", true), (plan.Baseline.Label, plan.BaselineIsGiven));
        var random = SweepPlan.Of(SweepFile.Parse("method: random\nrun_cap: 3\n" + Kinds + "\nbaseline: {head_kind: linear, heads: 2}\n", "a.yaml"));
        Assert.Equal((0, "head_kind=linear heads=2"), (random.BaselineIndex, random.Baseline.Label));
    }

    [Fact]
    public void Skips_make_a_large_grid_small_and_a_grid_that_stays_large_is_refused()
    {
        const string Grid = "method: grid\nparameters: {layers: {min: 1, max: 900}, batch_size: {min: 1, max: 900}}\n";
        Assert.Equal(900, SweepPlan.Of(SweepFile.Parse(Grid + "skip: [layers != batch_size]", "a.yaml")).Configurations.Length);
        const string Most = "method: grid\nparameters: {layers: {min: 1, max: 1000}, batch_size: {min: 1, max: 100}, bias: {values: [no, yes]}}\nskip: [bias and layers > 0";
        Assert.Equal(100_000, SweepPlan.Of(SweepFile.Parse(Most + "]", "a.yaml")).Configurations.Length);
        Refused(Most + " and layers != 1 or bias and batch_size > 1]", "the grid has more than 100000 configurations");
        Refused(Grid + "skip: [layers == 1]", "the grid has more than 100000 configurations, or more than 1000000 combinations to look through");
        Refused("method: grid\nparameters: {layers: {min: 1, max: 1000}, batch_size: {min: 1, max: 1000000}, heads: {min: 1, max: 64}}\nskip: [heads > 0]", "more than 1000000 combinations");
    }

    private static void Refused(string yaml, string expected) =>
        Assert.Contains(expected, Assert.Single(Assert.Throws<SweepFileException>(() => SweepFile.Parse(yaml, "a.yaml")).Errors).Message);

    private static IEnumerable<string> Labels(string yaml) => SweepPlan.Of(SweepFile.Parse(yaml, "a.yaml")).Configurations.Select(configuration => configuration.Label);

    /// <summary>Up to five parameters with up to three values, each perhaps depending on one that was made before it, under names in any order.</summary>
    private static Arbitrary<SearchSpace> Spaces() => Gen.Choose(int.MinValue, int.MaxValue).Select(seed =>
    {
        var random = new SplitMix64((ulong)seed);
        var names = "abcde".OrderBy(_ => random.Next()).Select(letter => letter.ToString()).Take(1 + random.Below(5)).ToArray();
        var parameters = new List<SearchParameter>();
        foreach (var name in names)
        {
            var values = Enumerable.Range(0, 1 + random.Below(3)).Select(value => ParameterValue.Of(value)).ToImmutableArray();
            var parent = parameters.Count == 0 || random.Below(3) == 0 ? null : parameters[random.Below(parameters.Count)];
            parameters.Add(new SearchParameter(name, values.Length == 1 ? new ConstantDistribution(values[0]) : new CategoricalDistribution(values), parent is null ? null
                : new Condition(parent.Name, [.. parent.Distribution.Values().Where((value, index) => index == 0 ^ random.Below(2) == 0).DefaultIfEmpty(ParameterValue.Of(0))])));
        }
        var skip = new ComparisonRule(new SkipOperand("a", null), Comparison.Greater, new SkipOperand("b", null));
        return new SearchSpace(parameters, random.Below(2) == 0 ? [skip] : []);
    }).ToArbitrary();
}
