using System.Collections.Immutable;
using Sweeps.Core.Stages;
using Sweeps.Core.SweepFiles;
using Point = System.Collections.Immutable.ImmutableSortedDictionary<string, Sweeps.Core.ParameterValue>;

namespace Sweeps.Core.Search;

/// <summary>One configuration with one seed.</summary>
/// <param name="Index">Place in the plan, from 0.</param>
/// <param name="ConfigurationIndex">Place of its configuration in the plan.</param>
/// <param name="Seed">From 1.</param>
/// <param name="Steps">Optimizer steps from fresh weights to the end; 0 for a command, which alone knows how many it makes.</param>
public sealed record PlannedRun(int Index, int ConfigurationIndex, int Seed, int Steps);

/// <summary>All that a sweep will train, as far as it is known before anything runs.</summary>
public sealed record SweepPlan
{
    /// <summary>Where every search with random numbers starts; part of what a sweep file means, so that planning it twice gives the same configurations.</summary>
    public const ulong SearchSeed = 1;

    /// <summary>Most combinations of a grid that are looked through for configurations that its conditions and skips leave.</summary>
    internal const int MostCombinations = 1_000_000;

    /// <summary>Configurations in the order of the search.</summary>
    public required ImmutableArray<Configuration> Configurations { get; init; }

    /// <summary>Runs, all configurations with seed 1 first, so that a sweep cut short has seen every configuration.</summary>
    public required ImmutableArray<PlannedRun> Runs { get; init; }

    /// <summary>What is to be trained. Runs share its stages; each is a stage of its own where the sweep file turns sharing off.</summary>
    public required StageTree Tree { get; init; }

    /// <summary>For each run the stages of earlier sweeps that it begins with, from step 0 on.</summary>
    public required ImmutableArray<ImmutableArray<StoredStage>> StoredPaths { get; init; }

    /// <summary>By what the beginnings of runs are found again; null for a program of the user's.</summary>
    public required RunIdentities? Identities { get; init; }

    /// <summary>For each configuration the place of the one that it is compared with; its own for a baseline.</summary>
    public required ImmutableArray<int> References { get; init; }

    /// <summary>Configurations that are compared with another one: all but the baselines.</summary>
    public int Comparisons => References.Where((reference, place) => reference != place).Count();

    /// <summary>Parameters that the sweep file's baseline leaves open: each configuration is compared with the one that has its values of them. Empty where one is the baseline of all.</summary>
    public required ImmutableArray<string> OpenInBaseline { get; init; }

    /// <summary>True when the sweep file names the baseline; otherwise it is the first configuration.</summary>
    public required bool BaselineIsGiven { get; init; }

    /// <summary>
    /// Configurations that the search may come to: as many as there are, or more where it learns from the first ones and chooses the others
    /// while the sweep runs.
    /// </summary>
    public required int MostConfigurations { get; init; }

    /// <summary>Whether more configurations than these may follow.</summary>
    public bool IsOpen => MostConfigurations > Configurations.Length;

    /// <summary>Place of the baseline; where there are several, of the first configuration's.</summary>
    public int BaselineIndex => References[0];

    /// <summary>The baseline; where there are several, that of the first configuration.</summary>
    public Configuration Baseline => Configurations[BaselineIndex];

    /// <summary>Whether others are compared with a configuration.</summary>
    /// <param name="configuration">Its place.</param>
    public bool IsBaseline(int configuration) => References[configuration] == configuration;

    /// <summary>One sentence that says what is compared with what, and when that was not the file's choice.</summary>
    public string BaselineRemark => !OpenInBaseline.IsEmpty
        ? $"Each is compared with the baseline that has its {(OpenInBaseline.Length > 1 ? $"{string.Join(", ", OpenInBaseline[..^1])} and " : "")}{OpenInBaseline[^1]}."
        : BaselineIsGiven ? $"Compared with the baseline {Baseline.Label}."
        : $"The sweep file names no baseline; compared with its first configuration, {Baseline.Label}.";

    /// <summary>Steps of all runs when none is shared.</summary>
    public long TotalSteps => Runs.Sum(run => (long)run.Steps);

    /// <summary>Steps of stages of earlier sweeps that runs begin with, by sweep; each stage counts once.</summary>
    public IReadOnlyDictionary<long, long> StoredSteps => StoredPaths.SelectMany(path => path).DistinctBy(stage => stage.Id)
        .GroupBy(stage => stage.SweepId).ToDictionary(stages => stages.Key, stages => stages.Sum(stage => (long)(stage.ToStep - stage.FromStep)));

    /// <summary>Plans a sweep that <see cref="SweepFile.Parse"/> accepted; the same sweep always gives the same plan.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="stored">Stages of earlier sweeps that its runs may begin with, where sharing is not turned off.</param>
    /// <param name="isWanted">By configuration and seed, the runs to plan; all of them without it.</param>
    public static SweepPlan Of(SweepSpec spec, StoredStages? stored = null, Func<int, int, bool>? isWanted = null)
    {
        var configurations = spec.Configurations;
        var runs = (from seed in Enumerable.Range(1, spec.Seeds)
                    from configuration in configurations
                    where isWanted is null || isWanted(configuration.Index, seed)
                    select (configuration.Index, Seed: seed))
            .Select((run, index) => new PlannedRun(index, run.Index, run.Seed, spec.Command is null ? spec.Timelines[run.Index].Steps : 0)).ToImmutableArray();
        var identities = new RunIdentities(spec.Timelines);
        var baselines = Baselines.Of(spec);
        var paths = spec.Shares && stored is not null
            ? [.. runs.Select(run => stored.PathOf(identities.Of(run)))] : ImmutableArray.CreateRange(Enumerable.Repeat(ImmutableArray<StoredStage>.Empty, runs.Length));
        return new SweepPlan
        {
            Configurations = configurations,
            Runs = runs,
            Tree = spec.Shares
                ? StageTree.Of([.. runs.Select(run => spec.Timelines[run.ConfigurationIndex].WithSeed(run.Seed))], [.. paths.Select(path => path.LastOrDefault())])
                : StageTree.WithoutSharing(runs.Select(run => run.Steps)),
            StoredPaths = paths,
            Identities = spec.Command is null ? identities : null,
            References = baselines.References,
            OpenInBaseline = baselines.Open,
            BaselineIsGiven = spec.Baseline is not null,
            MostConfigurations = spec.Learns && configurations.Length >= ModelSampler.StartUp ? Math.Max(spec.RunCap!.Value, configurations.Length) : configurations.Length,
        };
    }

    /// <summary>A plan of the runs that an imported sweep has: its configurations may differ in their number, and seeds be any.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="runs">Each run's configuration, by its place, and seed.</param>
    public static SweepPlan OfImported(SweepSpec spec, IEnumerable<(int Configuration, int Seed)> runs)
    {
        var planned = runs.Select((run, index) => new PlannedRun(index, run.Configuration, run.Seed, Steps: 0)).ToImmutableArray();
        return Of(spec) with
        {
            Runs = planned,
            Tree = StageTree.WithoutSharing(planned.Select(run => run.Steps)),
            StoredPaths = [.. planned.Select(_ => ImmutableArray<StoredStage>.Empty)],
        };
    }

    /// <summary>The points of the search space that a sweep trains, in order.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="isCut">Whether there may be more: a grid without run_cap ends at <see cref="SweepFile.MostConfigurations"/>, and each at <see cref="MostCombinations"/>.</param>
    internal static ImmutableArray<Point> PointsOf(SweepSpec spec, out bool isCut)
    {
        isCut = false;
        var space = spec.Space;
        var first = PointOf(space, spec.Baseline);
        if (spec.Learns) return SweepSearch.StartUp(spec, first);
        if (spec.Method == SearchMethod.Random) return [.. RandomSearch.Points(space, spec.RunCap!.Value, SearchSeed, first)];
        if (spec.Method == SearchMethod.Sobol)
            return [.. SobolSearch.Points(space, SearchSeed).Where(point => first is null || !point.SequenceEqual(first)).Prepend(first).OfType<Point>().Take(spec.RunCap!.Value)];
        var points = ImmutableArray.CreateBuilder<Point>();
        var combinations = 0;
        foreach (var point in GridSearch.Combinations(space))
        {
            if (points.Count == spec.RunCap) break;
            isCut = combinations++ == MostCombinations || points.Count == SweepFile.MostConfigurations && point is not null;
            if (isCut) break;
            if (point is not null) points.Add(point);
        }
        return points.ToImmutable();
    }

    /// <summary>The baseline with the constants filled in that it does not name.</summary>
    internal static Point WithConstants(SearchSpace space, IReadOnlyDictionary<string, ParameterValue> baseline) =>
        space.Parameters.Where(parameter => !parameter.Varies)
            .ToImmutableSortedDictionary(parameter => parameter.Name, parameter => parameter.Distribution.Values().First(), StringComparer.Ordinal)
            .SetItems(baseline);

    /// <summary>The configuration that the baseline is; null when there is none or it is not a point of the space.</summary>
    internal static Point? PointOf(SearchSpace space, IReadOnlyDictionary<string, ParameterValue>? baseline)
    {
        if (baseline is null) return null;
        var point = space.WithoutInactive(WithConstants(space, baseline));
        return baseline.Keys.All(point.ContainsKey) && space.Contains(point) ? point : null;
    }
}
