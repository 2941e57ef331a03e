using Sweeps.Core.Search;
using Sweeps.Core.Stages;
using Sweeps.Core.SweepFiles;

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

    /// <summary>A configuration that the sweep's search has chosen, with all its seeds; each run is a stage of its own.</summary>
    public static SweepGrowth Of(SweepSpec spec, Configuration configuration)
    {
        var seeds = Enumerable.Range(1, spec.Seeds).ToArray();
        var timeline = spec.TimelineOf(configuration);
        return new SweepGrowth
        {
            Configurations = [new NewConfiguration(configuration.Label, configuration.Parameters)],
            Stages = [.. seeds.Select(seed => (Seed: seed, Identity: RunIdentity.Of(timeline.WithSeed(seed)))).Select(run =>
                new NewStage(null, configuration.Parameters, run.Seed, 0, timeline.Steps) { Origin = run.Identity.Origin, Identity = run.Identity.At(timeline.Steps) })],
            Runs = [.. seeds.Select((seed, stage) => new NewRun(configuration.Index, seed, [stage]))],
        };
    }
}
