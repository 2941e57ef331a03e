using System.Collections.Immutable;
using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Stages;

/// <summary>The identities of a plan's runs, each found when it is asked for: not every plan is to be stored.</summary>
public sealed class RunIdentities
{
    private readonly ImmutableArray<RunTimeline> timelines;

    // Many configurations have the very same object there.
    private readonly Dictionary<TrainingOptions, string> constants = new(ReferenceEqualityComparer.Instance);

    internal RunIdentities(ImmutableArray<RunTimeline> timelines) => this.timelines = timelines;

    /// <summary>One of the runs of a sweep for each <see cref="RunIdentity.Origin"/> that they have.</summary>
    public static IReadOnlyDictionary<string, RunIdentity> ByOrigin(SweepSpec spec)
    {
        var identities = new RunIdentities(spec.Timelines);
        var byOrigin = new Dictionary<string, RunIdentity>();
        foreach (var configuration in spec.Configurations)
        {
            for (var seed = 1; seed <= spec.Seeds; seed++)
            {
                var identity = identities.Of(new PlannedRun(0, configuration.Index, seed, 0));
                byOrigin.TryAdd(identity.Origin, identity);
            }
        }
        return byOrigin;
    }

    /// <summary>That of a run.</summary>
    public RunIdentity Of(PlannedRun run)
    {
        var timeline = timelines[run.ConfigurationIndex];
        if (!constants.TryGetValue(timeline.Fixed, out var known)) constants[timeline.Fixed] = known = RunIdentity.ConstantsOf(timeline);
        return new(timeline, known, run.Seed);
    }
}
