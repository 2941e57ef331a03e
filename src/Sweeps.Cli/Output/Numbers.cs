using System.Globalization;
using Sweeps.Core.Statistics;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Output;

/// <summary>How numbers are written in tables.</summary>
public static class Numbers
{
    /// <summary>A count with separators: <c>1,228,800</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count and its noun: <c>1 run</c>, <c>12 runs</c>.</summary>
    public static string Count(long count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";

    /// <summary>How far a sweep is: <c>1,200 of 3,600 steps</c>, or <c>3 of 8 runs</c> where only its program knows how many steps there are.</summary>
    public static string Done(SweepOverview overview) => overview.IsOpenEnded ? $"{Count(overview.RunsCompleted)} of {Count(overview.Runs, "run")}"
        : $"{Count(overview.StepsDone)} of {Count(overview.StepsPlanned, "step")}";

    /// <summary>How far a sweep is, as two numbers: steps, or runs where only its program knows how many steps there are.</summary>
    public static (long Done, long Planned) Share(SweepOverview overview) => overview.IsOpenEnded
        ? (overview.RunsCompleted + overview.RunsFailed, overview.Runs) : (overview.StepsDone, overview.StepsPlanned);

    /// <summary>A loss or another metric.</summary>
    public static string Loss(double loss) => MetricText.Of(loss);

    /// <summary>A ratio with two decimals: <c>1.25</c>.</summary>
    public static string Ratio(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);
}
