using Sweeps.Core.Gpt;

namespace Sweeps.Core.Statistics;

/// <summary>A configuration of some sweep, to be set beside others.</summary>
/// <param name="Name">What it is called here.</param>
/// <param name="Runs">Its finished runs.</param>
/// <param name="PairsWith">Whether a run of it and one of the same seed of the reference are a pair: the same data in the same order.</param>
public sealed record ComparedRuns(string Name, IReadOnlyList<FinishedRun> Runs, bool PairsWith);

/// <summary>A cost beside that of the reference.</summary>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Mean">Mean over the runs.</param>
/// <param name="Ratio">The reference's cost divided by it (geometric means): above 1 it is cheaper. Null for the reference, and where either has none.</param>
public sealed record ComparedCost(TrainingCost Unit, double Mean, Efficiency? Ratio);

/// <summary>What a comparison found about one configuration.</summary>
public sealed record ComparisonRow
{
    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>Finished runs with a finite value.</summary>
    public required int N { get; init; }

    /// <summary>Finished runs without one.</summary>
    public required int Diverged { get; init; }

    /// <summary>Mean final value; null without a run.</summary>
    public double? Mean { get; init; }

    /// <summary>Standard deviation of the final values; null for fewer than two.</summary>
    public double? Sd { get; init; }

    /// <summary>95% interval of the mean; null for fewer than two.</summary>
    public Interval? Interval { get; init; }

    /// <summary>p-value that the mean is beyond the target (one-sample, one-sided), or null.</summary>
    public double? BeyondTargetP { get; init; }

    /// <summary>The final value minus the reference's; null for the reference and without runs of both.</summary>
    public TTest? Difference { get; init; }

    /// <summary>Which test that was.</summary>
    public ComparisonTest? Test { get; init; }

    /// <summary>Its p-value after Holm's correction for all rows.</summary>
    public double? AdjustedP { get; init; }

    /// <summary>Runs that reached the target; null without one.</summary>
    public int? Reached { get; init; }

    /// <summary>What the target cost the runs that reached it, in each unit that is counted.</summary>
    public IReadOnlyList<ComparedCost> ToTarget { get; init; } = [];

    /// <summary>What the runs cost from their beginning to their end.</summary>
    public IReadOnlyList<ComparedCost> ToEnd { get; init; } = [];

    /// <summary>The comparison in words, a sentence each; of the reference what is known of it alone.</summary>
    public IReadOnlyList<string> Sentences { get; init; } = [];
}

/// <summary>
/// Configurations of any sweeps beside each other. The first one is the reference. Final values are compared by a t-test and costs by the 95%
/// interval of their ratio (Student's, on the logarithms): paired by seed where seeds mean the same and at least two are common, otherwise Welch's.
/// </summary>
/// <param name="Metric">What is compared.</param>
/// <param name="Target">The target, or null.</param>
/// <param name="Rows">The configurations in their order.</param>
public sealed record RunComparison(string Metric, double? Target, IReadOnlyList<ComparisonRow> Rows)
{
    /// <summary>Compares.</summary>
    /// <param name="metric">The metric of all the runs.</param>
    /// <param name="target">The target, or null.</param>
    /// <param name="configurations">At least one; the first is the reference.</param>
    public static RunComparison Of(ResultMetric metric, double? target, IReadOnlyList<ComparedRuns> configurations)
    {
        var reference = configurations[0];
        var rows = configurations.Select((configuration, place) => RowOf(metric, target, configuration, place == 0 ? null : reference)).ToArray();
        var tested = rows.Index().Where(row => row.Item.Difference?.P is not null).ToArray();
        var adjusted = Holm.Adjust([.. tested.Select(row => row.Item.Difference!.P!.Value)]);
        foreach (var ((index, row), p) in tested.Zip(adjusted)) rows[index] = row with { AdjustedP = p };
        return new(metric.Name, target, [.. rows.Select((row, place) => row with
        {
            Sentences = [.. ComparisonText.Of(metric, target, row, place == 0 ? null : rows[0], tested.Length, configurations[place].Runs.Count)],
        })]);
    }

    private static ComparisonRow RowOf(ResultMetric metric, double? target, ComparedRuns own, ComparedRuns? reference)
    {
        var runs = Sound(own);
        double[] values = [.. runs.Select(run => run.Value)];
        var sample = values.Length > 0 ? Sample.Of(values) : null;
        var row = new ComparisonRow
        {
            Name = own.Name, N = values.Length, Diverged = own.Runs.Count - values.Length, Mean = sample?.Mean, Sd = sample?.Sd, Interval = sample?.Interval(),
            ToEnd = Costs(runs.ToDictionary(run => run.Curve.Seed, End), reference is null ? null : Sound(reference).ToDictionary(run => run.Curve.Seed, End), own.PairsWith),
        };
        if (target is { } goal)
        {
            Dictionary<int, TargetCost> Reached(ComparedRuns some) => some.Runs.Select(run => (run.Curve.Seed, Cost: TargetCost.Of(run.Curve.Points, goal, metric.Goal)))
                .Where(run => run.Cost is not null).ToDictionary(run => run.Seed, run => run.Cost!);
            var reached = Reached(own);
            row = row with
            {
                Reached = reached.Count,
                ToTarget = Costs(reached, reference is null ? null : Reached(reference), own.PairsWith),
                BeyondTargetP = values.Length == 0 ? null : TTest.Below([.. values.Select(metric.Cost)], metric.Cost(goal)),
            };
        }
        if (reference is null || runs.Length == 0 || Sound(reference) is not { Length: > 0 } theirs) return row;
        var pairs = own.PairsWith ? runs.Join(theirs, run => run.Curve.Seed, run => run.Curve.Seed, (a, b) => (Own: a.Value, Theirs: b.Value)).ToArray() : [];
        return pairs.Length > 1
            ? row with { Test = ComparisonTest.Paired, Difference = TTest.Paired([.. pairs.Select(pair => pair.Own)], [.. pairs.Select(pair => pair.Theirs)]) }
            : row with { Test = ComparisonTest.Welch, Difference = TTest.Welch(values, [.. theirs.Select(run => run.Value)]) };
    }

    private static ComparedCost[] Costs(Dictionary<int, TargetCost> own, Dictionary<int, TargetCost>? reference, bool pairs)
    {
        if (own.Count == 0) return [];
        var common = pairs && reference is not null ? own.Keys.Where(reference.ContainsKey).ToArray() : [];
        Efficiency? Ratio(TrainingCost unit) => reference is null ? null
            : common.Length > 1 ? Efficiency.Of(common.Select(seed => (reference[seed].In(unit), own[seed].In(unit))))
            : Efficiency.Unpaired(reference.Values.Select(cost => cost.In(unit)), own.Values.Select(cost => cost.In(unit)));
        return [.. new[] { TrainingCost.Steps, TrainingCost.Tokens, TrainingCost.Seconds }
            .Where(unit => own.Values.Any(cost => cost.In(unit) > 0))
            .Select(unit => new ComparedCost(unit, own.Values.Average(cost => cost.In(unit)), Ratio(unit)))];
    }

    private static TargetCost End(FinishedRun run) => run.Curve.Points is { Count: > 0 } points && points.MaxBy(point => point.Step) is var last ? new(last.Step, last.Tokens, last.Seconds) : new(0, 0, 0);

    private static FinishedRun[] Sound(ComparedRuns configuration) => [.. configuration.Runs.Where(run => double.IsFinite(run.Value))];
}
