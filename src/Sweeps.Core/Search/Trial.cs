using System.Collections.Immutable;

namespace Sweeps.Core.Search;

/// <summary>Where a run stands, as far as a search asks.</summary>
public enum TrialState
{
    /// <summary>It is trained, or will be.</summary>
    Open,

    /// <summary>It reached its last step.</summary>
    Completed,

    /// <summary>It ended without that, and not by the search's will.</summary>
    Failed,

    /// <summary>Its configuration was stopped early.</summary>
    Stopped,
}

/// <summary>One run of a configuration and what the sweep's metric says of it.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Last">The metric's newest value, of a completed run its final one; null for none or not a number.</param>
/// <param name="Best">The metric's best value, or null.</param>
/// <param name="Seed">Its seed.</param>
public sealed record TrialRun(TrialState State, double? Last = null, double? Best = null, int Seed = 1);

/// <summary>A configuration that a search has chosen, with all its runs.</summary>
/// <param name="Configuration">The configuration.</param>
/// <param name="Runs">One for each seed.</param>
public sealed record Trial(Configuration Configuration, ImmutableArray<TrialRun> Runs)
{
    /// <summary>Whether a run of it may still change its score.</summary>
    public bool IsOpen => Runs.Any(run => run.State == TrialState.Open);
}
