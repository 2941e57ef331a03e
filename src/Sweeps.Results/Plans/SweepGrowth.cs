namespace Sweeps.Results.Plans;

/// <summary>What is added to a sweep: at its submission all or the first of its configurations, later more of them or more seeds.</summary>
public sealed record SweepGrowth
{
    /// <summary>Configurations to add; their ordinals go on after those that the sweep has.</summary>
    public required IReadOnlyList<NewConfiguration> Configurations { get; init; }

    /// <summary>Stages to add; each comes after its parent.</summary>
    public required IReadOnlyList<NewStage> Stages { get; init; }

    /// <summary>Runs to add.</summary>
    public required IReadOnlyList<NewRun> Runs { get; init; }
}
