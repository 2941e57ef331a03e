using Sweeps.Core.Stages;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Orchestration.Search;

/// <summary>Finds what earlier sweeps have trained already of runs that are to be added.</summary>
public interface IEarlierStages
{
    /// <summary>The stages that runs of a sweep may begin with.</summary>
    Task<StoredStages> FindAsync(SweepSpec spec);
}
