using Sweeps.Core.Gpt;
using Sweeps.Core.Nightly;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Tests.SweepFiles;

public sealed class ExperimentTests
{
    public static TheoryData<string> Files => [.. Paths().Select(path => Path.GetRelativePath(Experiments(), path))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_experiment_can_be_planned_and_trained(string file)
    {
        var configurations = Configurations(file);
        Assert.NotEmpty(configurations);
        if (SweepFile.Parse(File.ReadAllText(Path.Combine(Experiments(), file)), file).Command is { } command)
            Assert.True(File.Exists(Path.Combine(Experiments(), command.Program!)));
        else Assert.All(configurations, configuration => Assert.Empty(TrainingOptions.Check(configuration.Parameters)));
    }

    [Fact]
    public void Recurring_experiments_have_a_schedule_and_an_alert()
    {
        var nightly = Directory.GetFiles(Path.Combine(Experiments(), "nightly"), "*.yaml").Select(path => SweepFile.Parse(File.ReadAllText(path), path)).ToArray();
        Assert.NotEmpty(nightly);
        Assert.All(nightly, spec => Assert.True(spec is { Schedule: not null, Alert.On: [NightEvent.Regression, ..], Seeds: >= 2 }, spec.Name));
        // Losses of several data sets have no target in common.
        Assert.All(nightly, spec => Assert.Equal(!spec.Space.Varying.ContainsKey("data"), spec.Metric.Target is not null));
    }

    [Fact]
    public void The_addition_experiment_is_the_nano_model_with_the_sum_in_both_orders()
    {
        var options = Configurations("addition.yaml").Select(configuration => TrainingOptions.FromParameters(configuration.Parameters, 1)).ToArray();
        Assert.Equal([true, false], options.Select(o => o.Reversed));
        Assert.All(options, o => Assert.Equal(
            ("addition", 2, 3, 3, 48, 6, 64, 4000, 5e-4, 5e-4),
            (o.Data, o.Digits, o.Layers, o.AttentionHeads, o.Width, o.Context, o.BatchSize, o.Steps, o.LearningRate, o.MinLearningRate)));
    }

    [Fact]
    public void The_untie_timing_experiment_trains_at_most_60_percent_of_the_steps_of_separate_runs()
    {
        var plan = SweepPlan.Of(SweepFile.Parse(File.ReadAllText(Path.Combine(Experiments(), "untie-timing.yaml")), "untie-timing.yaml"));
        Assert.Equal((15, 60, 36_000L), (plan.Configurations.Length, plan.Runs.Length, plan.TotalSteps));
        // A trunk and its four branches: 1 + 0.7 + 0.5 + 1/3 + 0.2 of 5 runs, for each schedule of the loss and each seed.
        Assert.Equal(12 * (600 + 420 + 300 + 200 + 120), plan.Tree.Steps);
        Assert.InRange(plan.Tree.Steps, 0, 0.6 * plan.TotalSteps);
    }

    /// <summary>All experiments, by their names.</summary>
    internal static string[] Texts() => [.. Paths().Select(File.ReadAllText)];

    // The recurring ones lie in a directory of their own.
    private static IEnumerable<string> Paths() => Directory.GetFiles(Experiments(), "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    [Fact]
    public void The_addition_experiment_asks_for_99_percent_of_right_answers() =>
        Assert.Equal(new MetricSpec("val_accuracy", 0.99), SweepFile.Parse(File.ReadAllText(Path.Combine(Experiments(), "addition.yaml")), "addition.yaml").Metric);

    private static IReadOnlyList<Configuration> Configurations(string file) =>
        SweepPlan.Of(SweepFile.Parse(File.ReadAllText(Path.Combine(Experiments(), file)), file)).Configurations;

    // Beside the solution, wherever the tests were built.
    private static string Experiments()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "experiments");
            if (Directory.Exists(path)) return path;
        }
        throw new DirectoryNotFoundException("There is no experiments/ above the tests.");
    }
}
