using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Head.Planning;
using Sweeps.Results.Queries;

namespace Sweeps.Cli;

/// <summary>A plan with what the sweeps of a home have trained already, and the names of these sweeps.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Sweeps">For each sweep that its runs take stages from: its id, its name, and the steps.</param>
internal sealed record EarlierWork(SweepPlan Plan, IReadOnlyList<(long Id, string Name, long Steps)> Sweeps)
{
    /// <summary>Plans a sweep that would be trained on this machine.</summary>
    public static async Task<EarlierWork> PlanAsync(SweepSpec spec, Home home)
    {
        if (!File.Exists(home.Database)) return new(SweepPlan.Of(spec), []);
        var queries = await ResultsQueries.OpenAsync(home.Database);
        return await OfAsync(queries, SweepPlan.Of(spec, await EarlierStages.FindAsync(queries, spec, SlotArgument.Detect(null, spec))));
    }

    /// <summary>Looks up the names.</summary>
    public static async Task<EarlierWork> OfAsync(ResultsQueries queries, SweepPlan plan)
    {
        var sweeps = new List<(long, string, long)>();
        foreach (var (id, steps) in plan.StoredSteps.OrderBy(pair => pair.Key)) sweeps.Add((id, (await queries.FindSweepAsync(id))!.Name, steps));
        return new(plan, sweeps);
    }
}
