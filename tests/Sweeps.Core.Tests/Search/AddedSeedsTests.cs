using Sweeps.Core.Search;
using Sweeps.Core.Statistics;
using Sweeps.Core.SweepFiles;
using Sweeps.Core.Tests.Statistics;

namespace Sweeps.Core.Tests.Search;

/// <summary>Sweeps that add seeds until their comparisons are decided: the decisions alone, and what they mean for the error rate.</summary>
public sealed class AddedSeedsTests
{
    [Fact]
    public void An_obvious_difference_is_decided_at_once_and_an_absent_one_goes_on_to_the_last_seed()
    {
        var spec = Spec("[1, 2, 4]", "{min: 5, max: 9, until: p < 0.05}");
        var random = new SplitMix64(3);
        var noise = new Dictionary<(int, int), double>();
        // Heads 2 is far better, heads 4 is noise.
        double Value(int place, int seed) => noise.TryGetValue((place, seed), out var known) ? known
            : noise[(place, seed)] = 2 - (place == 1 ? 1 : 0) + 0.01 * Noise.Next(random);
        var seeds = Sweep(spec, Value);
        Assert.Equal([9, 5, 9], seeds);
    }

    [Fact]
    public void Where_each_group_has_a_baseline_seeds_are_added_in_the_groups_that_are_open()
    {
        var spec = SweepFile.Parse("method: grid\nparameters: {heads: {values: [1, 2]}, width: {values: [32, 64]}, steps: {value: 20}}\nbaseline: {heads: 1}\n"
            + "seeds: {min: 5, max: 9, until: p < 0.05}\n", "a.yaml");
        Assert.Equal(["heads=1 width=32", "heads=1 width=64", "heads=2 width=32", "heads=2 width=64"], spec.Configurations.Select(one => one.Label));
        // Of width 32 two heads are far better than one, of width 64 as noisy and no better. Between the widths all differ.
        var random = new SplitMix64(3);
        var noise = new Dictionary<(int, int), double>();
        double Value(int place, int seed) => noise.TryGetValue((place, seed), out var known) ? known
            : noise[(place, seed)] = 2 - (place == 2 ? 1 : 0) - (place % 2) * 5 + 0.01 * Noise.Next(random);
        Assert.Equal([5, 9, 5, 9], Sweep(spec, Value));
    }

    [Fact]
    public void Of_a_metric_to_maximize_a_difference_is_decided_as_well()
    {
        var spec = SweepFile.Parse("program: a.py\nmethod: grid\nmetric: {name: score, goal: maximize}\nparameters: {x: {values: [1, 2]}}\nseeds: {min: 4, max: 6, until: p < 0.05}\n", "a.yaml");
        Assert.Equal([4, 4], Sweep(spec, (place, seed) => place + 0.001 * seed * (place + 1)));
    }

    [Fact]
    public void Configurations_that_equal_the_baseline_or_never_have_a_value_get_no_more_seeds()
    {
        var spec = Spec("[1, 2, 4]", "{min: 3, max: 9, until: p < 0.05}");
        Assert.Equal([3, 3, 3], Sweep(spec, (place, seed) => place == 2 ? double.NaN : 2 + 0.1 * seed));
    }

    [Fact]
    public void Without_a_baseline_there_is_nothing_to_add_seeds_for()
    {
        var spec = Spec("[1, 2]", "{min: 3, max: 9, until: p < 0.05}");
        Assert.Equal([3, 3], Sweep(spec, (place, seed) => place == 0 ? double.NaN : seed));
    }

    [Fact]
    public void A_seed_that_failed_is_no_pair_and_the_looks_wait_for_as_many_as_they_need()
    {
        var spec = Spec("[1, 2]", "{min: 3, max: 9, until: p < 0.05}");
        double Value(int place, int seed) => place == 1 && seed == 2 ? double.NaN : 2 - place + 0.0001 * seed * seed * (place + 1);
        Assert.Equal([4, 4], Sweep(spec, Value));
    }

    [Fact]
    public void The_seed_that_reaches_the_maximum_is_the_last()
    {
        var spec = Spec("[1, 2]", "{min: 2, max: 3, until: p < 0.05}");
        var proposal = SweepSearch.NextSeed(spec, Trials(spec, [2, 2], (place, seed) => place == 0 ? seed : 3 - seed))!;
        Assert.Equal((3, true), (proposal.Seed, proposal.IsLast));
        Assert.Equal([0, 1], proposal.Configurations);
        Assert.Null(SweepSearch.NextSeed(spec, Trials(spec, [3, 3], (place, seed) => place == 0 ? seed : 3 - seed)));
    }

    [Fact]
    public void The_summary_gives_the_level_of_the_look_and_the_verdict_says_how_often_was_looked()
    {
        var spec = Spec("[1, 2, 4]", "{min: 3, max: 12, until: p < 0.01}");
        double Value(int place, int seed) => place switch { 0 => 2 + 0.01 * (seed % 3), 1 => 1.5 + 0.01 * (seed % 3) + 0.0001 * seed, _ => 2 + 0.01 * (seed * 7 % 5) };
        var seeds = Sweep(spec, Value);
        Assert.Equal(12, seeds[0]);
        Assert.InRange(seeds[1], 3, 5);
        Assert.Equal(12, seeds[2]);
        var plan = SweepPlan.Of(spec with { Seeds = 12 }, isWanted: (place, seed) => seed <= seeds[place]);
        var summary = SweepAnalysis.Summarise(spec, plan,
            [.. plan.Runs.Select(run => new RunCurve(run.ConfigurationIndex, run.Seed, [new CurvePoint(20, 20, 1, Value(run.ConfigurationIndex, run.Seed))], true))]);
        var (better, open) = (summary.Configurations[1], summary.Configurations[2]);
        Assert.Equal((Standing.Better, Standing.Undecided), (better.Standing, open.Standing));
        Assert.Equal(new SequentialTest(3, 12, 0.005).LevelAt(seeds[1]), better.Level);
        Assert.True(better.P < better.Level);
        Assert.Equal((null, 12), (better.AdjustedP, open.Pairs));
        Assert.Equal(spec.Until, summary.Until);
        Assert.Contains($"\nSeeds are added until a configuration is told from the baseline: looked at after each of 3 to 12 seeds; the error rate over all looks and all 2 comparisons is 1%. ", summary.Verdict);
        Assert.Contains($"Evidence: the final validation loss of {seeds[1]} to 12 seeds of each of 3 configurations.", summary.Verdict);
        Assert.Matches(@"\nheads=2 is better: .*, p = \d\.\d(e-\d+|\d+), below (0\.\d{4}|\d\.\de-\d), the level of this look\)\.", summary.Verdict);
        Assert.Matches(@"\nNot enough seeds to tell heads=4 .* not below 0\.00\d\d, the level of this look\)", summary.Verdict);
    }

    [Fact]
    public void A_summary_before_the_first_look_decides_nothing()
    {
        var spec = Spec("[1, 2]", "{min: 3, max: 12, until: p < 0.01}");
        var plan = SweepPlan.Of(spec);
        RunCurve Curve(int place, int seed) => new(place, seed, [new CurvePoint(20, 20, 1, 2 - place + 0.001 * seed * place)], true);
        var summary = SweepAnalysis.Summarise(spec, plan, [Curve(0, 1), Curve(0, 2), Curve(1, 1), Curve(1, 2)]);
        Assert.Equal((Standing.Undecided, 0.0), (summary.Configurations[1].Standing, summary.Configurations[1].Level));
        Assert.Contains("before the first look", summary.Verdict);
        Assert.Equal(Standing.Undecided, SweepAnalysis.Summarise(spec, plan, [Curve(0, 1), Curve(1, 2)]).Configurations[1].Standing);
    }

    [Fact]
    public void Few_sweeps_without_an_effect_are_called_different() => CheckErrorRate(sweeps: 600);

    [Fact, Trait("Speed", "Slow")]
    public void Of_ten_thousand_sweeps_without_an_effect_at_most_alpha_are_called_different() => CheckErrorRate(sweeps: 10_000);

    // Three configurations that share the baseline's noise: the family-wise rate is below alpha, and not by much.
    private static void CheckErrorRate(int sweeps)
    {
        const double Alpha = 0.05;
        var spec = Spec("[1, 2, 3, 4]", "{min: 3, max: 10, until: p < 0.05}");
        var wrong = 0;
        for (var sweep = 0; sweep < sweeps; sweep++)
        {
            var random = new SplitMix64((ulong)sweep + 1);
            var noise = Enumerable.Range(0, 44).Select(_ => Noise.Next(random)).ToArray();
            if (Sweep(spec, (place, seed) => noise[seed * 4 + place]).Any(seeds => seeds < 10)) wrong++;
        }
        var deviation = Math.Sqrt(sweeps * Alpha * (1 - Alpha));
        Assert.InRange(wrong, sweeps * Alpha / 2 - 2 * deviation, sweeps * Alpha + 2 * deviation);
    }

    private static SweepSpec Spec(string heads, string seeds) =>
        SweepFile.Parse($"method: grid\nparameters: {{heads: {{values: {heads}}}, steps: {{value: 20}}}}\nseeds: {seeds}\n", "a.yaml");

    /// <summary>Goes on until no seed is added.</summary>
    /// <returns>Seeds of each configuration.</returns>
    private static int[] Sweep(SweepSpec spec, Func<int, int, double> value)
    {
        var seeds = SweepPlan.Of(spec).Configurations.Select(_ => spec.Seeds).ToArray();
        while (SweepSearch.NextSeed(spec, Trials(spec, seeds, value)) is { } proposal)
            foreach (var place in proposal.Configurations) Assert.Equal(proposal.Seed, ++seeds[place]);
        return seeds;
    }

    private static Trial[] Trials(SweepSpec spec, int[] seeds, Func<int, int, double> value) =>
    [
        .. SweepPlan.Of(spec).Configurations.Select(configuration => new Trial(configuration,
            [.. Enumerable.Range(1, seeds[configuration.Index]).Select(seed => new TrialRun(TrialState.Completed, value(configuration.Index, seed), Seed: seed))])),
    ];
}
