using System.Collections.Immutable;
using Sweeps.Core.Search.Stopping;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Tests.Search;

/// <summary>From a sweep file and curves to what is stopped.</summary>
public sealed class EarlyStoppingTests
{
    [Theory]
    [InlineData("{type: hyperband, min_iter: 1}")]
    [InlineData("{type: hyperband, max_iter: 9, s: 2, eta: 3, strict: false}")]
    [InlineData("{type: hyperband, max_iter: 3, s: 1}")]
    [InlineData("{type: asha, min_resource: 10}")]
    [InlineData("{type: asha, min_resource: 5, reduction: 2}")]
    [InlineData("{type: median, startup: 1}")]
    [InlineData("{type: median, startup: 1, warmup_steps: 10}")]
    public void Each_stopper_stops_the_worst_configuration_and_not_the_best(string stopper)
    {
        TrialCurves[] trials = [Trial(0, TrainingState.Finished, [2, 1]), Trial(1, TrainingState.Running, [9, 8]), Trial(2, TrainingState.Running, [1, 0.5])];
        Assert.Equal([1], EarlyStopping.ToStop(Spec(stopper), trials, baselines: []));
    }

    [Fact]
    public void Of_a_metric_to_maximize_the_smallest_is_the_worst()
    {
        var spec = SweepFile.Parse("method: grid\nmetric: {name: val_accuracy}\nearly_terminate: {type: asha, min_resource: 10}\nparameters: {data: {value: addition}}", "a.yaml");
        TrialCurves[] trials = [Trial(0, TrainingState.Running, [0.9]), Trial(1, TrainingState.Running, [0.1])];
        Assert.Equal([1], EarlyStopping.ToStop(spec, trials, baselines: []));
    }

    [Fact]
    public void A_configuration_is_judged_by_the_mean_over_its_seeds()
    {
        var spec = Spec("{type: asha, min_resource: 10}");
        TrialCurves[] trials = [Trial(0, TrainingState.Running, [1], [9]), Trial(1, TrainingState.Running, [4], [4])];
        Assert.Equal([0], EarlyStopping.ToStop(spec, trials, baselines: []));
    }

    [Fact]
    public void The_named_baseline_is_never_stopped()
    {
        TrialCurves[] trials = [Trial(0, TrainingState.Running, [9]), Trial(1, TrainingState.Running, [1]), Trial(2, TrainingState.Running, [5])];
        Assert.Equal([2], EarlyStopping.ToStop(Spec("{type: asha, min_resource: 10}"), trials, baselines: [0]));
    }

    [Fact]
    public void Without_early_terminate_nothing_is_stopped() =>
        Assert.Empty(EarlyStopping.ToStop(SweepFile.Parse("method: grid\nparameters: {heads: {value: 1}}", "a.yaml"), [Trial(0, TrainingState.Running, [9])], []));

    [Theory]
    [InlineData("{type: asha, min_resource: 10, reduction: 2}")]
    [InlineData("{type: hyperband, min_iter: 1, eta: 2}")]
    public void Whatever_the_order_of_the_points_the_best_configuration_is_left(string stopper)
    {
        // Configurations of fixed curves that do not cross, whose points come in any order: stopped ones get none any more.
        var spec = Spec(stopper);
        for (var seed = 0UL; seed < 50; seed++)
        {
            var random = new Core.Search.SplitMix64(seed);
            var lengths = new int[6];
            var stopped = new HashSet<int>();
            while (Enumerable.Range(0, 6).Any(i => lengths[i] < 8 && !stopped.Contains(i)))
            {
                var i = random.Below(6);
                if (stopped.Contains(i) || lengths[i] == 8) continue;
                lengths[i]++;
                stopped.UnionWith(EarlyStopping.ToStop(spec, [.. lengths.Select((length, index) => Trial(index,
                    stopped.Contains(index) ? TrainingState.Stopped : length == 8 ? TrainingState.Finished : TrainingState.Running,
                    [.. Enumerable.Range(1, length).Select(step => 10.0 - step + index)])).Where(trial => !trial.Seeds[0].IsEmpty)], []));
            }
            Assert.DoesNotContain(0, stopped);
            Assert.NotEmpty(stopped);
        }
    }

    private static TrialCurves Trial(int index, TrainingState state, params double[][] seeds) =>
        new(index, state, [.. seeds.Select(values => values.Select((value, i) => new MeanPoint(10 * (i + 1), value)).ToImmutableArray())]);

    private static SweepSpec Spec(string stopper) => SweepFile.Parse($"method: grid\nearly_terminate: {stopper}\nparameters: {{heads: {{value: 1}}}}", "a.yaml");
}
