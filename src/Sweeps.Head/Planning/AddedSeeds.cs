using Sweeps.Core.Stages;
using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Search;
using Sweeps.Results;

namespace Sweeps.Head.Planning;

/// <summary><see cref="EarlierStages"/> for the seeds that a sweep adds while it runs.</summary>
internal sealed class AddedSeeds(ResultsStore store, KnownSlots slots) : IEarlierStages
{
    /// <inheritdoc/>
    public async Task<StoredStages> FindAsync(SweepSpec spec) => await EarlierStages.FindAsync(store.Queries, spec, await slots.AllAsync(store.Queries));
}
