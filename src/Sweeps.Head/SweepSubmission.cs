using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;
using Sweeps.Results.Plans;

namespace Sweeps.Head;

/// <summary>Takes sweeps in.</summary>
internal static class SweepSubmission
{
    public static async Task<Submission> SubmitAsync(ResultsStore store, IGrainFactory grains, SweepSpec spec)
    {
        if (await store.Queries.FindUnfinishedAsync(spec.Yaml, spec.Command) is { } unfinished)
        {
            await grains.GetGrain<ISweepGrain>(unfinished.Id).Resume();
            return new Submission(unfinished.Id, IsResumed: true);
        }
        var id = await store.CreateSweepAsync(NewSweep.Of(spec, SweepPlan.Of(spec)));
        await grains.GetGrain<ISweepGrain>(id).Start();
        return new Submission(id, IsResumed: false);
    }
}
