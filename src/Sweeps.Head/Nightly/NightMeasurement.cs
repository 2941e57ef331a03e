using Sweeps.Core.Nightly;
using Sweeps.Core.Search;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Head.Nightly;

/// <summary>What a night's sweep measured, not yet compared.</summary>
internal static class NightMeasurement
{
    /// <summary>Reads the last value and the speed of each run that completed.</summary>
    public static async Task<NightResult> ReadAsync(ResultsQueries queries, SweepRecord sweep)
    {
        var complete = (await queries.RunsAsync(sweep.Id)).Where(run => run.State == RunState.Completed).Select(run => run.Id).ToHashSet();
        var last = (await queries.CurvesAsync(sweep.Id, sweep.Metric)).Where(curve => complete.Contains(curve.RunId) && curve.Points.Count > 0)
            .Select(curve => (curve.ConfigurationId, curve.Seed, Point: curve.Points[^1])).ToLookup(run => run.ConfigurationId);
        // Programs of the user's need not count tokens.
        var countsTokens = last.SelectMany(runs => runs).Any(run => run.Point.Tokens > 0);
        return new NightResult
        {
            Metric = sweep.Metric, Goal = sweep.Goal, SpeedUnit = countsTokens ? "tokens/s" : "steps/s",
            Configurations = [.. (await queries.ConfigurationsAsync(sweep.Id)).Select(configuration => new NightConfiguration
            {
                Parameters = Configuration.Canonical(configuration.Parameters), Label = configuration.Label, IsBaseline = configuration.IsBaseline,
                Values = last[configuration.Id].ToDictionary(run => run.Seed, run => run.Point.Value),
                Speeds = last[configuration.Id].Where(run => run.Point.Seconds > 0)
                    .ToDictionary(run => run.Seed, run => (countsTokens ? run.Point.Tokens : run.Point.Step) / run.Point.Seconds),
            })],
        };
    }
}
