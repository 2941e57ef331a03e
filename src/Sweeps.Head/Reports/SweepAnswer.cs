using System.Text.Json;
using System.Text.Json.Nodes;
using Sweeps.Core;
using Sweeps.Core.Search;
using Sweeps.Core.Statistics;
using Sweeps.Core.Statistics.Importance;
using Sweeps.Core.SweepFiles;
using Sweeps.Results;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;
using RunCurve = Sweeps.Core.Statistics.RunCurve;

namespace Sweeps.Head.Reports;

/// <summary>What a stored sweep has found so far. Whoever shows results reads them here, so that all show the same numbers.</summary>
/// <param name="Overview">The sweep and how far it is.</param>
/// <param name="Spec">Its file.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="Curves">The metric of every run that has points.</param>
/// <param name="Summary">The statistics of them and the verdict.</param>
public sealed record SweepAnswer(SweepOverview Overview, SweepSpec Spec, SweepPlan Plan, IReadOnlyList<RunCurve> Curves, SweepSummary Summary)
{
    private readonly Lazy<SweepImportance> importance = new(() => SweepImportance.Of(Spec, Plan, Summary));

    /// <summary>Which parameters matter; found when it is asked for.</summary>
    public SweepImportance Importance => importance.Value;

    /// <summary>Reads a sweep and judges it, finished or not.</summary>
    /// <param name="queries">The results.</param>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="metric">What to judge it by instead of the file's metric and target; of a sweep with <see cref="SweepSpec.Until"/> only the target may be another.</param>
    /// <exception cref="ResultsException">There is no such sweep.</exception>
    public static async Task<SweepAnswer> ReadAsync(ResultsQueries queries, long sweepId, MetricSpec? metric = null)
    {
        var overview = await queries.SweepAsync(sweepId)
            ?? throw new ResultsException(ResultsFailure.Refused, $"There is no sweep {sweepId}: `sweeps list` shows those there are.");
        var spec = SweepFile.Parse(overview.Sweep.FileText, overview.Sweep.Name);
        if (metric is not null) spec = spec with { Metric = metric };
        // Of the built-in trainer the last step tells.
        var complete = spec.Command is null ? [] : (await queries.RunsAsync(sweepId)).Where(run => run.State == RunState.Completed).Select(run => run.Id).ToHashSet();
        var curves = await StoredCurve.ReadAllAsync(queries, sweepId, spec.Metric.Name);
        // After the curves, so that no run is counted as stopped whose points are known from before, and what was added since is known.
        var runs = await queries.RunsAsync(sweepId);
        var stopped = runs.Where(run => run.State == RunState.Pruned).ToDictionary(run => run.Id, run => (long)run.StepsDone);
        var configurations = await queries.ConfigurationsAsync(sweepId);
        if (spec.Learns) spec = spec.With(configurations.Select(configuration => configuration.Parameters));
        var plan = spec.IsImported ? SweepPlan.OfImported(spec, runs.Select(run => (run.Ordinal, run.Seed)))
            : spec.Until is null ? SweepPlan.Of(spec) : WithAddedSeeds(spec, runs);
        var places = configurations.ToDictionary(configuration => configuration.Id, configuration => configuration.Ordinal);
        var measured = curves
            .Where(curve => curve.Points.Count > 0 || stopped.ContainsKey(curve.RunId))
            .Select(curve => new RunCurve(places[curve.ConfigurationId], curve.Seed, curve.Points, complete.Contains(curve.RunId), stopped.TryGetValue(curve.RunId, out var step) ? step : null))
            .ToArray();
        return new(overview, spec, plan, measured, SweepAnalysis.Summarise(spec, plan, measured));
    }

    /// <summary>The plan with the seeds that were added; which ones they are follows from results.</summary>
    private static SweepPlan WithAddedSeeds(SweepSpec spec, IReadOnlyList<RunResult> runs)
    {
        var known = runs.Select(run => (run.Ordinal, run.Seed)).ToHashSet();
        return SweepPlan.Of(spec with { Seeds = known.Max(run => run.Seed) }, isWanted: (configuration, seed) => known.Contains((configuration, seed)));
    }

    /// <summary>The content of <c>summary.json</c>.</summary>
    public string ToJson() => JsonOf(Overview, Summary);

    /// <summary>The same of what another process has found.</summary>
    public static string JsonOf(SweepOverview overview, SweepSummary summary)
    {
        var sweep = overview.Sweep;
        var root = JsonSerializer.SerializeToNode(new
        {
            sweep.Id,
            sweep.Name,
            sweep.Description,
            sweep.State,
            overview.Runs,
            overview.RunsCompleted,
            overview.RunsFailed,
            overview.RunsPruned,
            StepsTrained = overview.StepsDone,
            StepsReused = sweep.ReusedSteps,
            overview.StepsWithoutSharing,
        }, Json.Options)!.AsObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(summary, Json.Options)!.AsObject()) root[name] = value?.DeepClone();
        return root.ToJsonString(Json.Indented);
    }
}
