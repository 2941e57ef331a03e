using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Head.Planning;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;
using Sweeps.Results.Plans;

namespace Sweeps.Head;

/// <summary>Takes sweeps in.</summary>
internal static class SweepSubmission
{
    private const int MostTries = 5;

    public static async Task<Submission> SubmitAsync(ResultsStore store, IGrainFactory grains, KnownSlots slots, SweepSpec spec)
    {
        if (spec.IsImported)
            throw new ResultsException(ResultsFailure.Refused, $"'program: {SweepSpec.Import}' says that {spec.Name} was imported: it cannot be trained; name your program otherwise.");
        if (await store.Queries.FindUnfinishedAsync(spec.Yaml, spec.Command) is { } unfinished)
        {
            await grains.GetGrain<ISweepGrain>(unfinished.Id).Resume();
            return new Submission(unfinished.Id, IsResumed: true);
        }
        var id = await PlannedAsync(async isLast => await store.CreateSweepAsync(NewSweep.Of(spec,
            SweepPlan.Of(spec, isLast ? null : await EarlierStages.FindAsync(store.Queries, spec, await slots.AllAsync(store.Queries))))));
        await grains.GetGrain<ISweepGrain>(id).Start();
        return new Submission(id, IsResumed: false);
    }

    /// <summary>Adds to a sweep what its changed file has more, and lets it go on.</summary>
    /// <exception cref="ResultsException">There is no such sweep, or the file does not only add to it.</exception>
    public static async Task<ExtensionPlan> ExtendAsync(ResultsStore store, IGrainFactory grains, KnownSlots slots, long sweepId, SweepSpec spec)
    {
        var plan = await PlannedAsync(async isLast =>
        {
            var sweep = await store.Queries.FindSweepAsync(sweepId)
                ?? throw new ResultsException(ResultsFailure.Refused, $"There is no sweep {sweepId}: `sweeps list` shows those there are.");
            var plan = await ExtensionPlan.OfAsync(store.Queries, sweep, spec, isLast ? [] : await slots.AllAsync(store.Queries));
            await store.ExtendSweepAsync(sweepId, plan.ToStore());
            return plan;
        });
        await grains.GetGrain<ISweepGrain>(sweepId).Resume();
        return plan;
    }

    /// <summary>
    /// Plans and stores. What was planned goes on from checkpoints that may be discarded until it is stored; then it is planned anew, and in
    /// the end without them.
    /// </summary>
    private static async Task<T> PlannedAsync<T>(Func<bool, Task<T>> store)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await store(tries == MostTries);
            }
            catch (ResultsException exception) when (exception.Failure == ResultsFailure.Outdated && tries < MostTries)
            {
                // Another sweep has moved on.
            }
        }
    }
}
