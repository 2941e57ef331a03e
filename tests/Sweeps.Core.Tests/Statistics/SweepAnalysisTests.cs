using System.Text.Json;
using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.Statistics;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Tests.Statistics;

public sealed class SweepAnalysisTests
{
    private static readonly double[] SeedNoise = [0.010, -0.008, 0.003, -0.005];

    [Fact]
    public void A_clear_difference_is_a_verdict_that_states_its_evidence()
    {
        var (spec, plan) = Sweep(seeds: 4, heads: "[1, 2]", target: 2.0);
        double[] own = [0.0004, -0.0003, 0.0001, 0.0];
        var summary = SweepAnalysis.Summarise(spec, plan, Curves(plan, (heads, seed) => heads == 1 ? 1.9 + SeedNoise[seed - 1] : 1.85 + SeedNoise[seed - 1] + own[seed - 1]));

        var (baseline, other) = (summary.Configurations[0], summary.Configurations[1]);
        Assert.Equal((Standing.Baseline, Standing.Better), (baseline.Standing, other.Standing));
        Assert.Equal((4, 4, 0), (other.N, other.Planned, other.Diverged));
        Assert.Equal(-0.04995, other.Difference!.Value, 1e-9);
        Assert.Equal((ComparisonTest.Paired, 4), (other.Test, other.Pairs));
        Assert.True(other.P < 1e-4);
        Assert.Equal(other.P, other.AdjustedP);
        Assert.Null(other.MoreSeeds);
        Assert.Equal((4, 0), (other.Reached, other.NotReached));
        Assert.True(other.Efficiency!.Value > 1 && other.Efficiency.Interval!.Low > 1 && other.Efficiency.Pairs == 4);
        Assert.Equal(other.StepsToTarget!.Value * 10, other.TokensToTarget!.Value, 1e-6);
        var lines = summary.Verdict.Split('\n');
        Assert.Equal("Better than the baseline: heads=2.", lines[0]);
        Assert.Equal("Evidence: the final validation loss of 4 seeds of each of 2 configurations. "
            + "The sweep file names no baseline; compared with its first configuration, heads=1.", lines[1]);
        Assert.Matches(@"^The baseline's loss is 1\.9000 \(95% interval 1\.8\d{3} to 1\.9\d{3}\)\.$", lines[2]);
        Assert.Matches(@"^heads=2 is better: its loss is 0\.0499 lower \(95% interval -0\.050\d to -0\.049\d; paired over 4 seeds, p < 0\.0001\)\.$", lines[3]);
        Assert.Equal("The target 2.0000 was reached by every finished run.", lines[4]);
        Assert.Matches(@"^Sample efficiency there .*: heads=2 1\.\d\d \(95% interval 1\.\d\d to 1\.\d\d, 4 seeds\)\.$", lines[5]);
        Assert.Matches(@"^Counted in training seconds: heads=2 1\.\d\d \(95% interval 1\.\d\d to 1\.\d\d, 4 seeds\)\.$", lines[6]);
        Assert.Matches(@"^The final mean is below the target by the record rule \(one-sided t-test, p < 0\.01\): heads=2 \(mean 1\.8501, sd 0\.00\d\d, 4 runs, p < 0\.0001\); heads=1 \(.*\)\.$", lines[7]);
        Assert.Equal(8, lines.Length);
    }

    [Fact]
    public void With_a_baseline_for_each_group_every_configuration_is_compared_within_its_group()
    {
        var spec = SweepFile.Parse("method: grid\nmetric: {name: val_loss, goal: minimize, target: 2.5}\nseeds: 4\nbaseline: {heads: 1}\n"
            + "parameters: {heads: {values: [1, 2]}, width: {values: [32, 64]}, steps: {value: 100}}\n", "a.yaml");
        var plan = SweepPlan.Of(spec);
        double[] own = [0.0004, -0.0003, 0.0001, 0.0];
        // Two heads are better than one by 0.05 with width 32 and worse by 0.05 with width 64, which is better by 0.5 altogether.
        RunCurve Curve(PlannedRun run)
        {
            var (isWide, hasTwo) = (run.ConfigurationIndex % 2 == 1, run.ConfigurationIndex > 1);
            var final = (isWide ? 1.5 : 2) + (hasTwo ? (isWide ? 0.05 : -0.05) + own[run.Seed - 1] : 0) + SeedNoise[run.Seed - 1];
            return new RunCurve(run.ConfigurationIndex, run.Seed, [.. Enumerable.Range(0, 11).Select(i => new CurvePoint(i * 10, i * 100, i * 0.5, 4 + (final - 4) * i / 10))]);
        }
        var summary = SweepAnalysis.Summarise(spec, plan, [.. plan.Runs.Select(Curve)]);

        Assert.Equal(["heads=1 width=32", "heads=1 width=64", "heads=2 width=32", "heads=2 width=64"], summary.Configurations.Select(one => one.Label));
        Assert.Equal([0, 1, 0, 1], summary.Configurations.Select(one => one.Reference));
        Assert.Equal([Standing.Baseline, Standing.Baseline, Standing.Better, Standing.Worse], summary.Configurations.Select(one => one.Standing));
        Assert.Equal([null, null, -0.04995, 0.05005], summary.Configurations.Select(one => one.Difference is { } difference ? Math.Round(difference, 9) : (double?)null));
        Assert.Equal((false, 0), (summary.HasOneBaseline, summary.Baseline));
        Assert.True(summary.Configurations[2].Efficiency!.Value > 1 && summary.Configurations[3].Efficiency!.Value < 1);
        var lines = summary.Verdict.Split('\n');
        Assert.Equal("Better than its baseline: heads=2 width=32.", lines[0]);
        Assert.Equal("Evidence: the final validation loss of 4 seeds of each of 4 configurations. Each is compared with the baseline that has its width.", lines[1]);
        Assert.Matches(@"^The loss of the baselines: heads=1 width=32 2\.0000 \(95% interval .*\); heads=1 width=64 1\.5000 \(95% interval .*\)\.$", lines[2]);
        Assert.Matches(@"^heads=2 width=32 is better than heads=1 width=32: its loss is 0\.0499 lower \(.* after Holm's correction for 2 comparisons\)\.$", lines[3]);
        Assert.Matches(@"^heads=2 width=64 is worse than heads=1 width=64: its loss is 0\.0500 higher \(.*\)\.$", lines[4]);
    }

    [Fact]
    public void What_was_stopped_early_is_not_compared_and_the_verdict_says_so()
    {
        var (spec, plan) = Sweep(seeds: 2, heads: "[1, 2, 4, 8]");
        var curves = Curves(plan, (heads, seed) => heads switch { 1 => 1.9, 2 => 1.85, _ => 1.0 } + SeedNoise[seed - 1])
            // Four heads: one seed came to its end before the other was stopped. Eight: neither did, though one has its last point.
            .Select(curve => curve switch
            {
                { ConfigurationIndex: 2, Seed: 2 } => curve with { StoppedAt = 40, Points = [.. curve.Points.Take(5)] },
                { ConfigurationIndex: 3 } => curve with { StoppedAt = curve.Seed == 1 ? 1200 : 0, Points = curve.Seed == 1 ? curve.Points : [] },
                _ => curve,
            }).ToArray();
        var summary = SweepAnalysis.Summarise(spec, plan, curves);
        Assert.Equal([Standing.Baseline, Standing.Undecided, Standing.Stopped, Standing.Stopped], summary.Configurations.Select(one => one.Standing));
        Assert.Equal([(2, 0, null), (2, 0, null), (1, 1, 40L), (0, 2, 1200L)], summary.Configurations.Select(one => (one.N, one.Stopped, one.StoppedAt)));
        Assert.Equal([null, null], summary.Configurations.Skip(2).Select(one => one.P));
        Assert.Contains("\nStopped early and not compared: heads=4 (at step 40); heads=8 (at step 1,200). The best loss is that of heads=2, 1.8510 (95% interval ", summary.Verdict);
        Assert.Contains("Those that went on were chosen by these very runs, so only new seeds can confirm how good they are.\n", summary.Verdict);
        Assert.DoesNotContain("Not finished", summary.Verdict);
    }

    [Fact]
    public void A_baseline_that_was_stopped_early_gives_no_verdict_and_says_why()
    {
        var (spec, plan) = Sweep(seeds: 1, heads: "[1, 2]");
        var curves = Curves(plan, (_, _) => 1.9).Select(curve => curve.ConfigurationIndex == 0 ? curve with { StoppedAt = 30 } : curve).ToArray();
        Assert.StartsWith("No verdict: the baseline, heads=1, was stopped early at step 30; name another with 'baseline', which is never stopped.", SweepAnalysis.Summarise(spec, plan, curves).Verdict);
    }

    [Fact]
    public void A_difference_within_noise_says_how_many_more_seeds_it_needs()
    {
        var (spec, plan) = Sweep(seeds: 4, heads: "[1, 2]");
        double[] own = [0.02, -0.02, 0.01, -0.03];
        var summary = SweepAnalysis.Summarise(spec, plan, Curves(plan, (heads, seed) => heads == 1 ? 1.9 : 1.89 + own[seed - 1]));
        var other = summary.Configurations[1];
        Assert.Equal(Standing.Undecided, other.Standing);
        // Mean difference -0.015, sd of the differences 0.02380: effect 0.63.
        var sd = Math.Sqrt(own.Sum(x => (x + 0.005) * (x + 0.005)) / 3);
        Assert.Equal(Power.Pairs(0.015 / sd) - 4, other.MoreSeeds);
        Assert.Contains($"Not enough seeds to tell heads=2 from the baseline: its loss is 0.0150 lower (", summary.Verdict);
        Assert.Contains($"about {other.MoreSeeds} more needed for a difference of this size.", summary.Verdict);
        Assert.StartsWith("No configuration is shown to be better than the baseline; not enough seeds to decide one comparison.", summary.Verdict);
    }

    [Fact]
    public void Several_comparisons_are_corrected_and_both_p_values_shown()
    {
        var (spec, plan) = Sweep(seeds: 4, heads: "[1, 2, 4]");
        double[] own = [0.004, -0.004, 0.002, -0.001];
        var summary = SweepAnalysis.Summarise(spec, plan, Curves(plan, (heads, seed) => heads == 1 ? 1.9 : 1.9 + (heads - 3) * 0.012 + own[seed - 1] * heads));
        var (two, four) = (summary.Configurations[1], summary.Configurations[2]);
        Assert.Equal(Holm.Adjust([two.P!.Value, four.P!.Value]), new[] { two.AdjustedP!.Value, four.AdjustedP!.Value });
        Assert.Contains("after Holm's correction for 2 comparisons", summary.Verdict);
        Assert.True(two.AdjustedP > two.P || four.AdjustedP > four.P);
        Assert.Null(summary.Configurations[0].P);
    }

    [Fact]
    public void A_corrected_p_value_decides_and_not_the_raw_one()
    {
        var (spec, plan) = Sweep(seeds: 4, heads: "[1, 2, 4, 8]");
        double[] own = [0.004, -0.004, 0.002, -0.001];
        var summary = SweepAnalysis.Summarise(spec, plan, Curves(plan, (heads, seed) => heads == 1 ? 1.9 : 1.886 + own[seed - 1] * (heads == 2 ? 1 : 0.98)));
        Assert.All(summary.Configurations.Skip(1), other =>
        {
            Assert.True(other.P < 0.01 && other.AdjustedP > 0.01);
            Assert.Equal(Standing.Undecided, other.Standing);
        });
    }

    [Fact]
    public void One_seed_gives_a_difference_but_no_interval_and_no_verdict()
    {
        var (spec, plan) = Sweep(seeds: 1, heads: "[1, 2]");
        var summary = SweepAnalysis.Summarise(spec, plan, Curves(plan, (heads, _) => 2 - heads * 0.1));
        var other = summary.Configurations[1];
        Assert.Equal((1, null, null, null), (other.N, other.Sd, other.Interval, other.P));
        Assert.Equal((Standing.Undecided, null), (other.Standing, other.MoreSeeds));
        Assert.Contains("The baseline's loss is 1.9000 (one seed, no interval).", summary.Verdict);
        Assert.Contains("its loss is 0.1000 lower, from too few seeds for an interval; at least 2 more needed to see how much seeds differ.", summary.Verdict);
    }

    [Fact]
    public void Losses_that_are_identical_are_called_so()
    {
        var (spec, plan) = Sweep(seeds: 3, heads: "[1, 2]");
        var summary = SweepAnalysis.Summarise(spec, plan, Curves(plan, (_, seed) => 1.9 + SeedNoise[seed]));
        Assert.Equal((Standing.Identical, 1.0), (summary.Configurations[1].Standing, summary.Configurations[1].P));
        Assert.Contains("Equal to the baseline in every seed, to the last digit: heads=2.", summary.Verdict);
        Assert.StartsWith("No configuration is better than the baseline.", summary.Verdict);
    }

    [Fact]
    public void Seeds_that_change_nothing_are_no_evidence()
    {
        var (spec, plan) = Sweep(seeds: 3, heads: "[1, 2]");
        var summary = SweepAnalysis.Summarise(spec, plan, Curves(plan, (heads, _) => 2 - heads * 0.1));
        Assert.Equal((0.0, null), (summary.Configurations[1].Sd, summary.Configurations[1].P));
        Assert.Contains("by exactly that much in every seed, which no test can judge; seeds that change nothing are no evidence.", summary.Verdict);
    }

    [Fact]
    public void Unfinished_runs_do_not_count_and_are_named()
    {
        var (spec, plan) = Sweep(seeds: 3, heads: "[1, 2]", target: 2.0);
        var curves = Curves(plan, (heads, seed) => (heads == 1 ? 1.9 : 1.8) + SeedNoise[seed])
            .Select(curve => curve is { ConfigurationIndex: 1, Seed: 2 } ? curve with { Points = [.. curve.Points.SkipLast(1)] } : curve).ToArray();
        var summary = SweepAnalysis.Summarise(spec, plan, curves);
        var other = summary.Configurations[1];
        Assert.Equal((2, 3, 2), (other.N, other.Planned, other.Pairs));
        Assert.Equal(2, other.Reached + other.NotReached);
        Assert.Contains("Evidence: the final validation loss of the 5 of 6 runs that finished with one.", summary.Verdict);
        Assert.Contains("Not finished: heads=2 (1 of 3 runs).", summary.Verdict);
    }

    [Fact]
    public void Welchs_test_is_used_when_seeds_are_not_common()
    {
        var (spec, plan) = Sweep(seeds: 4, heads: "[1, 2]");
        var curves = Curves(plan, (heads, seed) => (heads == 1 ? 1.9 : 1.8) + SeedNoise[seed - 1])
            .Where(curve => curve.ConfigurationIndex == 0 ? curve.Seed <= 2 : curve.Seed > 2).ToArray();
        var other = SweepAnalysis.Summarise(spec, plan, curves).Configurations[1];
        Assert.Equal((ComparisonTest.Welch, 0, 2), (other.Test, other.Pairs, other.N));
        Assert.Equal(TTest.Welch([1.803, 1.795], [1.91, 1.892]).P!.Value, other.P!.Value, 1e-9);
    }

    [Fact]
    public void Diverged_runs_are_left_out_of_the_mean_and_named()
    {
        var (spec, plan) = Sweep(seeds: 3, heads: "[1, 2]", target: 1.0);
        var summary = SweepAnalysis.Summarise(spec, plan, Curves(plan, (heads, seed) => heads == 2 && seed == 1 ? double.NaN : 1.9 + SeedNoise[seed]));
        var other = summary.Configurations[1];
        Assert.Equal((2, 1, 3), (other.N, other.Diverged, other.NotReached));
        Assert.Contains("Diverged and left out of the means: heads=2 (1 of 3 runs).", summary.Verdict);
    }

    [Fact]
    public void Who_never_reached_the_target_is_named()
    {
        var (spec, plan) = Sweep(seeds: 3, heads: "[1, 2]", target: 1.85);
        var summary = SweepAnalysis.Summarise(spec, plan, Curves(plan, (heads, seed) => (heads == 1 ? 1.9 : 1.8) + SeedNoise[seed]));
        var (baseline, other) = (summary.Configurations[0], summary.Configurations[1]);
        Assert.Equal((0, 3, null), (baseline.Reached, baseline.NotReached, baseline.TokensToTarget));
        Assert.Null(other.Efficiency);
        Assert.Contains("The target 1.8500 was never reached by heads=1 (3 of 3 seeds).", summary.Verdict);
        Assert.Contains("The baseline did not reach it in any seed", summary.Verdict);
        Assert.True(other.BeyondTargetP < 0.01 && baseline.BeyondTargetP > 0.99);
    }

    [Fact]
    public void A_higher_accuracy_is_better_and_its_target_is_reached_from_below()
    {
        var spec = SweepFile.Parse("method: grid\nmetric: {name: val_accuracy, goal: maximize, target: 0.8}\nseeds: 3\n"
            + "parameters: {reversed: {values: [false, true]}, data: {value: addition}, steps: {value: 100}}\n", "a.yaml");
        var plan = SweepPlan.Of(spec);
        var curves = plan.Runs.Select(run =>
        {
            var final = (run.ConfigurationIndex == 0 ? 0.7 : 0.9) + SeedNoise[run.Seed] * (run.ConfigurationIndex + 1);
            return new RunCurve(run.ConfigurationIndex, run.Seed, [.. Enumerable.Range(0, 11).Select(i => new CurvePoint(i * 10, i * 100, i, final * i / 10))]);
        }).ToArray();
        var summary = SweepAnalysis.Summarise(spec, plan, curves);

        var (baseline, other) = (summary.Configurations[0], summary.Configurations[1]);
        Assert.Equal(("val_accuracy", MetricGoal.Maximize), (summary.Metric, summary.Goal));
        Assert.Equal(Standing.Better, other.Standing);
        Assert.Equal((0, 3, 3, 0), (baseline.Reached, baseline.NotReached, other.Reached, other.NotReached));
        Assert.InRange(other.StepsToTarget!.Value, 85, 92);
        Assert.True(other.BeyondTargetP < 0.01 && baseline.BeyondTargetP > 0.99);
        Assert.Contains("Evidence: the final validation accuracy of 3 seeds", summary.Verdict);
        Assert.Contains("The baseline's accuracy is 0.69", summary.Verdict);
        Assert.Contains("reversed=true is better: its accuracy is 0.19", summary.Verdict);
        Assert.Contains(" higher (", summary.Verdict);
        Assert.Contains("The target 0.8000 was never reached by reversed=false (3 of 3 seeds).", summary.Verdict);
        Assert.Contains("\"goal\":\"maximize\"", JsonSerializer.Serialize(summary, Json.Options));
    }

    [Fact]
    public void A_training_loss_ends_with_the_last_step_that_reports_one()
    {
        var spec = SweepFile.Parse("method: grid\nmetric: {name: train_loss}\nparameters: {heads: {values: [1, 2]}, log_every: {value: 10}, steps: {value: 95}}\n", "a.yaml");
        var plan = SweepPlan.Of(spec);
        RunCurve Curve(int configuration, int last) => new(configuration, 1, [.. Enumerable.Range(0, last / 10 + 1).Select(i => new CurvePoint(10 * i, i, i, 3 - 0.1 * i))]);
        var summary = SweepAnalysis.Summarise(spec, plan, [Curve(0, 90), Curve(1, 80)]);
        Assert.Equal((1, 0), (summary.Configurations[0].N, summary.Configurations[1].N));
        Assert.Equal(2.1, summary.Configurations[0].Mean!.Value, 1e-9);
        Assert.Contains("final training loss", summary.Verdict);
        Assert.Equal(90, ResultMetrics.Find("train_loss")!.LastStep(TrainingOptions.FromParameters(new Dictionary<string, ParameterValue> { ["steps"] = ParameterValue.Of(100), ["log_every"] = ParameterValue.Of(10) }, 1)));
    }

    [Fact]
    public void A_sweep_without_results_has_a_summary_that_says_so()
    {
        var (spec, plan) = Sweep(seeds: 3, heads: "[1, 2]", target: 1.85);
        var summary = SweepAnalysis.Summarise(spec, plan, []);
        Assert.StartsWith("No verdict: the baseline has no finished run with a finite loss.", summary.Verdict);
        Assert.All(summary.Configurations, configuration => Assert.Equal(Standing.NoData, configuration.Standing));
    }

    [Fact]
    public void One_configuration_has_nothing_to_be_compared_with()
    {
        var (spec, plan) = Sweep(seeds: 2, heads: "[3]");
        var summary = SweepAnalysis.Summarise(spec, plan, Curves(plan, (_, seed) => 1.9 + SeedNoise[seed]));
        Assert.StartsWith("The sweep has one configuration; there is nothing to compare it with.", summary.Verdict);
    }

    [Fact]
    public void Curves_of_other_sweeps_or_of_one_run_twice_are_refused()
    {
        var (spec, plan) = Sweep(seeds: 1, heads: "[1, 2]");
        Assert.Throws<ArgumentException>(() => SweepAnalysis.Summarise(spec, plan, [new RunCurve(2, 1, [])]));
        Assert.Throws<ArgumentException>(() => SweepAnalysis.Summarise(spec, plan, [new RunCurve(0, 1, []), new RunCurve(0, 1, [])]));
    }

    [Fact]
    public void The_cost_of_the_target_is_counted_in_operations_where_runs_tell_them()
    {
        var (spec, plan) = Sweep(seeds: 2, heads: "[1, 2]", target: 2.0);
        // Two heads get there in the same steps, with half as many operations more in each.
        var curves = Curves(plan, (heads, seed) => 1.9 + SeedNoise[seed]).Select(curve => curve with
        {
            Points = [.. curve.Points.Select(point => point with { Flops = point.Tokens * (curve.ConfigurationIndex == 1 ? 1.5e9 : 1e9) })],
        }).ToArray();
        var summary = SweepAnalysis.Summarise(spec, plan, curves);
        var (baseline, other) = (summary.Configurations[0], summary.Configurations[1]);
        Assert.Equal(baseline.TokensToTarget!.Value * 1e9, baseline.FlopsToTarget!.Value, 1);
        Assert.Equal(other.TokensToTarget!.Value * 1.5e9, other.ToTarget(TrainingCost.Flops)!.Value, 1);
        Assert.Equal(1, other.Efficiency!.Value, 1e-9);
        Assert.Equal(1 / 1.5, other.FlopEfficiency!.Value, 1e-9);
        Assert.Contains("\nCounted in floating-point operations (PaLM's formula): heads=2 0.67 (95% interval 0.67 to 0.67, 2 seeds).", summary.Verdict);
        Assert.All(SweepAnalysis.Summarise(spec, plan, Curves(plan, (_, _) => 1.9)).Configurations, one => Assert.Equal((null, null), (one.FlopsToTarget, one.FlopEfficiency)));
    }

    [Theory]
    [InlineData(0, TrainingCost.Steps, null)]
    [InlineData(64, TrainingCost.Tokens, 64 * 20.0)]
    public void A_command_is_judged_by_the_last_points_of_its_complete_runs_and_its_costs_are_steps_without_tokens(int tokensPerStep, TrainingCost unit, double? tokens)
    {
        var spec = SweepFile.Parse("program: train.py\nmethod: grid\nmetric: {name: score, goal: maximize, target: 2}\nseeds: 2\nparameters: {x: {values: [1, 2, 3]}}\n", "a.yaml");
        var plan = SweepPlan.Of(spec);
        // Runs of different lengths; each reaches the target at step 40 / x, and its last point is the one of the largest step.
        RunCurve Curve(int index, int seed, bool isComplete) => new(index, seed,
            [.. new[] { 0, 80 + index, 40 }.Select(step => new CurvePoint(step, step * tokensPerStep, step * 0.5, 0.05 * step * (index + 1) + (step > 40 ? seed : 0)))], isComplete);
        var summary = SweepAnalysis.Summarise(spec, plan, [Curve(0, 1, true), Curve(0, 2, true), Curve(1, 1, true), Curve(1, 2, true), Curve(2, 1, true), Curve(2, 2, false)]);

        Assert.Equal((unit, MetricGoal.Maximize), (summary.Cost, summary.Goal));
        Assert.Equal([2, 2, 1], summary.Configurations.Select(configuration => configuration.N));
        Assert.Equal([4 + 1.5, 0.05 * 81 * 2 + 1.5, 0.05 * 82 * 3 + 1], summary.Configurations.Select(configuration => Math.Round(configuration.Mean!.Value, 9)));
        var other = summary.Configurations[1];
        Assert.Equal((20.0, tokens, 10.0), (other.StepsToTarget!.Value, other.TokensToTarget, other.SecondsToTarget!.Value));
        Assert.Equal((tokens ?? 20, 2.0, 2.0), (other.ToTarget(unit)!.Value, other.Efficiency!.Value, other.TimeEfficiency!.Value));
        Assert.Contains($"(the baseline's {(unit == TrainingCost.Steps ? "steps" : "tokens")} divided by its own", summary.Verdict);
        Assert.Contains("the final score of the 5 of 6 runs", summary.Verdict);
        Assert.Contains("Not finished: x=3 (1 of 2 runs).", summary.Verdict);
    }

    [Fact]
    public void A_summary_survives_json_with_snake_case_names()
    {
        var (spec, plan) = Sweep(seeds: 3, heads: "[1, 2]", target: 1.95);
        var summary = SweepAnalysis.Summarise(spec, plan, Curves(plan, (heads, seed) => 1.9 - heads * 0.01 + SeedNoise[seed] / heads));
        var json = JsonSerializer.Serialize(summary, Json.Indented);
        Assert.Contains("\"tokens_to_target\":", json);
        Assert.Contains("\"adjusted_p\":", json);
        Assert.Contains("\"test\": \"paired\"", json);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<SweepSummary>(json, Json.Options), Json.Indented));
    }

    private static (SweepSpec Spec, SweepPlan Plan) Sweep(int seeds, string heads, double? target = null)
    {
        var metric = target is null ? "" : $"metric: {{name: val_loss, goal: minimize, target: {target}}}\n";
        var spec = SweepFile.Parse($"method: grid\n{metric}seeds: {seeds}\nparameters: {{heads: {{values: {heads}}}, steps: {{value: 100}}}}\n", "a.yaml");
        return (spec, SweepPlan.Of(spec));
    }

    /// <summary>Curves that fall from 4 in a straight line to the given final loss, validated every 10 steps.</summary>
    private static RunCurve[] Curves(SweepPlan plan, Func<long, int, double> finalLoss) =>
    [
        .. plan.Runs.Select(run =>
        {
            var final = finalLoss(plan.Configurations[run.ConfigurationIndex].Parameters["heads"].AsLong!.Value, run.Seed);
            return new RunCurve(run.ConfigurationIndex, run.Seed,
                [.. Enumerable.Range(0, 11).Select(i => new CurvePoint(i * 10, i * 100, i * 0.5, i == 10 || double.IsFinite(final) ? 4 + (final - 4) * i / 10 : 4))]);
        }),
    ];
}
