using System.Collections.Immutable;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Search;

/// <summary>From what is known of runs to the scores that a search learns from.</summary>
public static class TrialScores
{
    /// <summary>
    /// The score of each trial: the mean over its runs, smaller is better; null while one of them is trained. A completed run scores its final
    /// value. One that was stopped early scores its latest, and one that failed or diverged is worse than all others, unless
    /// <see cref="MetricSpec.Impute"/> says what these score; <see cref="MetricSpec.ImputeWhileRunning"/> gives those that are trained a score.
    /// </summary>
    /// <param name="metric">The sweep's metric.</param>
    /// <param name="trials">All trials so far.</param>
    public static ImmutableArray<ScoredConfiguration> Of(MetricSpec metric, IReadOnlyList<Trial> trials)
    {
        var finals = trials.SelectMany(trial => trial.Runs).Where(run => run.State == TrialState.Completed).Select(run => Cost(run.Last)).OfType<double>();
        var worst = finals.Select(cost => (double?)cost).Max() ?? double.PositiveInfinity;
        return [.. trials.Select(trial => new ScoredConfiguration(trial.Configuration, Mean(trial.Runs.Select(Score))))];

        double? Score(TrialRun run) => run.State switch
        {
            TrialState.Open => metric.ImputeWhileRunning is { } imputation ? Imputed(run, imputation) : null,
            TrialState.Completed when Cost(run.Last) is { } cost => cost,
            TrialState.Stopped => Imputed(run, metric.Impute ?? Imputation.Latest) ?? worst,
            _ => metric.Impute is { } imputation ? Imputed(run, imputation) ?? worst : double.PositiveInfinity,
        };

        double? Imputed(TrialRun run, Imputation imputation) => imputation switch
        {
            Imputation.Best => Cost(run.Best),
            Imputation.Latest => Cost(run.Last),
            _ => run.Last is null && run.State == TrialState.Open ? null : worst,
        };

        double? Cost(double? value) => value is { } number && double.IsFinite(number) ? metric.Metric.Cost(number) : null;
    }

    private static double? Mean(IEnumerable<double?> scores)
    {
        var known = scores.ToArray();
        return known.Any(score => score is null) ? null : known.Average();
    }
}
