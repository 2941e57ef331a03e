namespace Sweeps.Results.Plans;

/// <summary>What becomes of a sweep whose file was changed: more configurations, more seeds, longer runs.</summary>
public sealed record SweepExtension
{
    /// <summary>The changed sweep file, whole.</summary>
    public required string FileText { get; init; }

    /// <summary>Its description, or null.</summary>
    public string? Description { get; init; }

    /// <summary>Its target, or null.</summary>
    public double? Target { get; init; }

    /// <summary>Whether configurations may be stopped early.</summary>
    public bool StopsEarly { get; init; }

    /// <summary>All configurations in the order of the changed file; those that the sweep has already with their ids.</summary>
    public required IReadOnlyList<(long? Id, NewConfiguration Configuration)> Configurations { get; init; }

    /// <summary>Stages to add; each comes after its parent.</summary>
    public required IReadOnlyList<NewStage> Stages { get; init; }

    /// <summary>Runs to add, and those that the sweep has already with their new way to their new end; of configurations by their place here.</summary>
    public required IReadOnlyList<NewRun> Runs { get; init; }
}
