using System.Collections.Immutable;
using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.Search.Stopping;
using Sweeps.Core.SweepFiles;
using Sweeps.Results;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Search;

/// <summary>What the database knows of a sweep's configurations, as the decisions of its search and its early stopping ask for it.</summary>
public static class StoredTrials
{
    /// <summary>All configurations of a sweep in their order, with what their runs have come to.</summary>
    public static async Task<ImmutableArray<Trial>> ReadAsync(ResultsStore store, SweepSpec spec, long sweepId)
    {
        var isLoss = spec.Metric.Metric.Goal == MetricGoal.Minimize;
        var runs = (await store.Queries.RunsAsync(sweepId)).ToLookup(run => run.ConfigurationId,
            run => new TrialRun(StateOf(run.State), run.Last, isLoss ? run.Min : run.Max, run.Seed));
        return [.. (await store.Queries.ConfigurationsAsync(sweepId)).Select(stored => new Trial(
            new Configuration(stored.Ordinal, stored.Parameters.ToImmutableSortedDictionary(StringComparer.Ordinal), spec.Space.Varying), [.. runs[stored.Id]]))];
    }

    /// <summary>The metric's points of all configurations that have any.</summary>
    public static async Task<ImmutableArray<TrialCurves>> ReadCurvesAsync(ResultsStore store, SweepSpec spec, long sweepId)
    {
        // The points first: of a run that ends in between, all of them or some are known, but never fewer than when it was still open.
        var points = (await store.Queries.CurvesAsync(sweepId, spec.Metric.Name)).ToDictionary(curve => curve.RunId,
            curve => curve.Points.Select(point => new MeanPoint(point.Step, point.Value)).ToImmutableArray());
        return [.. from runs in (await store.Queries.RunsAsync(sweepId)).GroupBy(run => run.Ordinal)
                   let curves = runs.Select(run => points.GetValueOrDefault(run.Id, [])).ToImmutableArray()
                   where curves.Any(curve => !curve.IsEmpty)
                   select new TrialCurves(runs.Key, StateOf([.. runs.Select(run => StateOf(run.State))]), curves)];
    }

    private static TrialState StateOf(RunState state) => state switch
    {
        RunState.Waiting or RunState.Running => TrialState.Open,
        RunState.Completed => TrialState.Completed,
        RunState.Pruned => TrialState.Stopped,
        _ => TrialState.Failed,
    };

    private static TrainingState StateOf(TrialState[] runs) =>
        runs.Contains(TrialState.Stopped) ? TrainingState.Stopped : runs.Contains(TrialState.Open) ? TrainingState.Running : TrainingState.Finished;
}
