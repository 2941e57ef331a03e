using Sweeps.Core.Search;
using Sweeps.Core.Stages;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Results.Plans;

/// <summary>What is added to a sweep: at its submission all or the first of its configurations, later more of them or more seeds.</summary>
public sealed record SweepGrowth
{
    private const int MostNamed = 5;

    /// <summary>Configurations to add; their ordinals go on after those that the sweep has.</summary>
    public required IReadOnlyList<NewConfiguration> Configurations { get; init; }

    /// <summary>Stages to add; each comes after its parent.</summary>
    public required IReadOnlyList<NewStage> Stages { get; init; }

    /// <summary>Runs to add.</summary>
    public required IReadOnlyList<NewRun> Runs { get; init; }

    /// <summary>Why, a sentence for the sweep's events; null where the search has chosen a configuration.</summary>
    public string? Reason { get; init; }

    /// <summary>One more seed for configurations that the sweep has.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="proposal">Which seed for which of them.</param>
    /// <param name="stored">Stages of earlier sweeps that the runs may begin with.</param>
    public static SweepGrowth Of(SweepSpec spec, SeedProposal proposal, StoredStages stored)
    {
        var plan = SweepPlan.Of(spec with { Seeds = proposal.Seed }, stored, (configuration, seed) => seed == proposal.Seed && proposal.Configurations.Contains(configuration));
        var named = proposal.Configurations.Where(place => !plan.IsBaseline(place)).Select(place => plan.Configurations[place].Label).ToArray();
        return new SweepGrowth
        {
            Configurations = [],
            Stages = NewSweep.StagesOf(plan),
            Runs = NewSweep.RunsOf(plan),
            Reason = $"Seed {proposal.Seed} for the baseline and for {string.Join(", ", named.Take(MostNamed))}{(named.Length > MostNamed ? $" and {named.Length - MostNamed} more" : "")}, not told apart by {proposal.Seed - 1} seeds.",
        };
    }

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
