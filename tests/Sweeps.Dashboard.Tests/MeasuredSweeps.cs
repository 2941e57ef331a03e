using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Results;
using Sweeps.Results.Plans;

namespace Sweeps.Dashboard.Tests;

/// <summary>Sweeps that were trained elsewhere, as many and as large as wanted.</summary>
internal static class MeasuredSweeps
{
    /// <summary>Tokens and seconds of a step.</summary>
    private const int TokensOfStep = 512;
    private const double SecondsOfStep = 0.04;

    /// <summary>Stores a sweep of which everything is measured, every 10 steps.</summary>
    /// <param name="store">The home's database.</param>
    /// <param name="yaml">The sweep file, with <c>program: import</c>.</param>
    /// <param name="points">Points of a run.</param>
    /// <param name="loss">The metric of a configuration's parameters, a seed and a step.</param>
    /// <returns>The sweep's id.</returns>
    public static Task<long> ImportAsync(ResultsStore store, string yaml, int points, Func<IReadOnlyDictionary<string, ParameterValue>, int, long, double> loss)
    {
        var spec = SweepFile.Parse(yaml, "measured");
        var plan = SweepPlan.OfImported(spec, from configuration in Enumerable.Range(0, SweepPlan.Of(spec).Configurations.Length) from seed in Enumerable.Range(1, spec.Seeds) select (configuration, seed));
        return store.ImportSweepAsync(NewSweep.Of(spec, plan), [.. plan.Runs.Select(run => new MeasuredRun([.. Enumerable.Range(1, points).Select(part => 10L * part).Select(step =>
            new MetricPoint(spec.Metric.Name, step, loss(plan.Configurations[run.ConfigurationIndex].Parameters, run.Seed, step), step * TokensOfStep, step * SecondsOfStep))]))]);
    }
}
