using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Statistics;

/// <summary>How a configuration stands against the baseline.</summary>
public enum Standing
{
    /// <summary>It is the baseline.</summary>
    Baseline,

    /// <summary>Its metric is better (a loss lower, an accuracy higher): corrected p below 0.01, or p below the level of its look.</summary>
    Better,

    /// <summary>Its metric is worse, likewise.</summary>
    Worse,

    /// <summary>Its values equal the baseline's in every seed.</summary>
    Identical,

    /// <summary>The seeds do not tell it from the baseline.</summary>
    Undecided,

    /// <summary>It was stopped early, so it has no final value to be compared.</summary>
    Stopped,

    /// <summary>It or the baseline has no finished run with a finite value.</summary>
    NoData,
}

/// <summary>Which test compared a configuration with the baseline.</summary>
public enum ComparisonTest
{
    /// <summary>Paired by seed.</summary>
    Paired,

    /// <summary>Welch's, because fewer than two seeds are common.</summary>
    Welch,
}

/// <summary>What a sweep found about one configuration. Values are those of the sweep's metric at the end of its finished runs.</summary>
public sealed record ConfigurationSummary
{
    /// <summary>Place in the plan.</summary>
    public required int Index { get; init; }

    /// <summary>Short name: the parameters that vary.</summary>
    public required string Label { get; init; }

    /// <summary>Place of the configuration that it is compared with; its own for a baseline.</summary>
    public required int Reference { get; init; }

    /// <summary>Whether others are compared with it.</summary>
    public bool IsBaseline => Reference == Index;

    /// <summary>All its parameters.</summary>
    public required IReadOnlyDictionary<string, ParameterValue> Parameters { get; init; }

    /// <summary>Runs that were planned.</summary>
    public required int Planned { get; init; }

    /// <summary>Finished runs with a finite value: the seeds behind every number here.</summary>
    public required int N { get; init; }

    /// <summary>Finished runs whose last value is not a finite number.</summary>
    public required int Diverged { get; init; }

    /// <summary>Runs that were stopped early.</summary>
    public int Stopped { get; init; }

    /// <summary>The step at which the longest of them was stopped; null when none was.</summary>
    public long? StoppedAt { get; init; }

    /// <summary>Mean final value; null without a finished run.</summary>
    public double? Mean { get; init; }

    /// <summary>Standard deviation over seeds; null for fewer than two.</summary>
    public double? Sd { get; init; }

    /// <summary>95% interval of the mean; null for fewer than two.</summary>
    public Interval? Interval { get; init; }

    /// <summary>Finished runs that reached the target; null without a target.</summary>
    public int? Reached { get; init; }

    /// <summary>Finished runs that never did, diverged ones among them; null without a target.</summary>
    public int? NotReached { get; init; }

    /// <summary>Mean steps to the target of the runs that reached it; null when none did.</summary>
    public double? StepsToTarget { get; init; }

    /// <summary>Mean training tokens to the target of the runs that reached it; null when none did, or where tokens are not counted.</summary>
    public double? TokensToTarget { get; init; }

    /// <summary>Mean training seconds to the target of the runs that reached it; null when none did.</summary>
    public double? SecondsToTarget { get; init; }

    /// <summary>Mean floating-point operations to the target of the runs that reached it; null when none did, or where runs do not tell them.</summary>
    public double? FlopsToTarget { get; init; }

    /// <summary>Sample efficiency against the baseline at the target, in the sweep's <see cref="SweepSummary.Cost"/>; null without a seed in which both reached it.</summary>
    public Efficiency? Efficiency { get; init; }

    /// <summary>The same in training seconds.</summary>
    public Efficiency? TimeEfficiency { get; init; }

    /// <summary>The same in floating-point operations, where runs tell them.</summary>
    public Efficiency? FlopEfficiency { get; init; }

    /// <summary>Mean value minus the baseline's, over the seeds that the test used.</summary>
    public double? Difference { get; init; }

    /// <summary>Seeds that the baseline has too.</summary>
    public int? Pairs { get; init; }

    /// <summary>Standard error of the difference; 0 when it is the same in every seed, null with one seed.</summary>
    public double? DifferenceError { get; init; }

    /// <summary>95% interval of the difference.</summary>
    public Interval? DifferenceInterval { get; init; }

    /// <summary>Which test gave the p-value.</summary>
    public ComparisonTest? Test { get; init; }

    /// <summary>p-value of the difference, two-sided, on its own.</summary>
    public double? P { get; init; }

    /// <summary>The p-value after Holm's correction for all comparisons of the sweep.</summary>
    public double? AdjustedP { get; init; }

    /// <summary>
    /// Of a sweep that adds seeds until its comparisons are decided, what <see cref="P"/> has to be below with so many pairs (see
    /// <see cref="SequentialTest"/>), 0 before the first look; then there is no <see cref="AdjustedP"/>. Null for other sweeps.
    /// </summary>
    public double? Level { get; init; }

    /// <summary>Whether it was below <see cref="Level"/>.</summary>
    internal bool IsDecided { get; init; }

    /// <summary>p-value that the mean is beyond the target on the good side (one-sample, one-sided; for a loss, below 0.01 passes the NanoGPT speedrun's record rule).</summary>
    public double? BeyondTargetP { get; init; }

    /// <summary>How it stands against the baseline.</summary>
    public required Standing Standing { get; init; }

    /// <summary>Mean cost of the target in a unit, of the runs that reached it; null when none did.</summary>
    public double? ToTarget(TrainingCost unit) => unit switch
    {
        TrainingCost.Tokens => TokensToTarget, TrainingCost.Steps => StepsToTarget, TrainingCost.Seconds => SecondsToTarget, TrainingCost.Flops => FlopsToTarget,
        _ => throw new ArgumentOutOfRangeException(nameof(unit)),
    };

    /// <summary>
    /// About how many more seeds an undecided difference of this size and spread needs (alpha 0.01 divided by the number of comparisons,
    /// power 0.9); null when it is decided, cannot be estimated, or takes more than a thousand seeds.
    /// </summary>
    public int? MoreSeeds { get; init; }
}

/// <summary>What a sweep found.</summary>
public sealed record SweepSummary
{
    /// <summary>What it is judged by.</summary>
    public required string Metric { get; init; }

    /// <summary>Which values of it are good.</summary>
    public MetricGoal Goal { get; init; }

    /// <summary>The target, or null.</summary>
    public double? Target { get; init; }

    /// <summary>What the cost of the target is counted in.</summary>
    public TrainingCost Cost { get; init; }

    /// <summary>Seeds of each configuration that were planned, those to begin with where there is a rule for more.</summary>
    public required int Seeds { get; init; }

    /// <summary>By which rule seeds are added; null for a fixed number.</summary>
    public SeedRule? Until { get; init; }

    /// <summary>Whether runs of the same seed are pairs; not those of imported logs.</summary>
    public bool IsPaired { get; init; } = true;

    /// <summary>Place of the baseline in the plan; where there are several, of the first configuration's.</summary>
    public required int Baseline { get; init; }

    /// <summary>Whether one configuration is the baseline of all others, and not of each group of them another.</summary>
    public bool HasOneBaseline => Configurations.All(configuration => configuration.Reference == Baseline);

    /// <summary>What is compared with what, as <see cref="SweepPlan.BaselineRemark"/> says it.</summary>
    public required string BaselineRemark { get; init; }

    /// <summary>All configurations in the order of the plan.</summary>
    public required IReadOnlyList<ConfigurationSummary> Configurations { get; init; }

    /// <summary>The answer in plain words, one sentence or two to a line.</summary>
    public required string Verdict { get; init; }
}
