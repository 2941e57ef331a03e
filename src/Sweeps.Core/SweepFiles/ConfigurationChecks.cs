using System.Collections.Concurrent;
using System.Collections.Immutable;
using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.Stages;

namespace Sweeps.Core.SweepFiles;

/// <summary>Checks that need the sweep's configurations: their number, each against the trainer, and the baseline among them.</summary>
internal sealed class ConfigurationChecks(SweepSpec spec, MapNode file, IReadOnlyList<FileParameter> parameters, ErrorList errors)
{
    private const int MostErrors = 20;

    /// <summary>Points of a search that learns that are looked at for what it may come to.</summary>
    private const int MostProbes = 1000;

    /// <summary>Comparisons over which the error rate of added seeds may be divided.</summary>
    private const int MostComparisons = 1000;

    /// <summary>Configurations that one thread checks in a row: one core is enough for a few.</summary>
    private const int InARow = 4096;

    private readonly Dictionary<string, ParameterValue> constants = spec.Space.Parameters.Where(parameter => parameter is { Varies: false, When: null })
        .ToDictionary(parameter => parameter.Name, parameter => parameter.Distribution.Values().First());

    /// <summary>The sweep with its configurations; with errors in the list where they cannot be trained. The file itself was read without an error.</summary>
    public SweepSpec Run()
    {
        var space = spec.Space;
        if (spec.Method == SearchMethod.Grid && spec.RunCap is null && space is { Count: > SweepFile.MostConfigurations, Skips.IsEmpty: true, HasConditions: false })
        {
            TooMany();
            return spec;
        }
        if (spec.Method is SearchMethod.Sobol or SearchMethod.Bayes && space.Varying.Count > SobolDirections.MostDimensions)
        {
            errors.Add(file.Find("method")!.Value.Value, $"at most {SobolDirections.MostDimensions} parameters of this search vary, here {space.Varying.Count} do; write method: tpe or random");
            return spec;
        }
        var points = SweepPlan.PointsOf(spec, out var isCut);
        if (isCut && spec.Method == SearchMethod.Grid) TooMany();
        else if (points.IsEmpty) errors.Add(file.Find("skip")!.Value.Key, "'skip' leaves no configuration; remove one of its expressions or add values");
        else
        {
            var configurations = points.Select(spec.ConfigurationOf).ToImmutableArray();
            // Only the program itself knows what it can be given.
            var timelines = spec.Command is null ? CheckTraining(configurations) : [];
            var complete = spec with { Configurations = configurations, Timelines = timelines };
            var references = CheckBaseline(complete);
            if (spec.Until is not null) CheckSeeds(configurations.Length - references.Distinct().Count());
            return complete;
        }
        return spec;
    }

    private ImmutableArray<RunTimeline> CheckTraining(ImmutableArray<Configuration> configurations)
    {
        var timelines = TimelinesOf(configurations);
        var possible = configurations;
        // What a search that learns comes to is not known: some of what it may come to stands for it.
        if (spec.Learns)
        {
            var probes = RandomSearch.Points(spec.Space, Math.Min(spec.RunCap!.Value, MostProbes), SweepPlan.SearchSeed).Select(spec.ConfigurationOf).ToImmutableArray();
            TimelinesOf(probes);
            possible = [.. possible, .. probes];
        }
        if (errors.Count == 0) CheckMetric(possible);
        return timelines;
    }

    private void TooMany() => errors.Add(file.Find("parameters")!.Value.Key, $"the grid has more than {SweepFile.MostConfigurations} configurations"
        + (spec.Space.Skips.IsEmpty ? "" : $", or more than {SweepPlan.MostCombinations} combinations to look through")
        + "; use fewer values, or method: random with run_cap: N");

    /// <summary>What the configurations do over their steps, after each was checked against the trainer; without those, and with errors, that cannot be trained.</summary>
    private ImmutableArray<RunTimeline> TimelinesOf(ImmutableArray<Configuration> configurations)
    {
        var found = new (RunTimeline? Timeline, IReadOnlyList<GptParameterError> Problems)[configurations.Length];
        Parallel.ForEach(Partitioner.Create(0, found.Length, InARow), range =>
        {
            var (options, timelines, messages) = (new TrainingOptionsReader(constants), new RunTimelines(), new HashSet<string>());
            // Nobody asks for what comes after so many different errors.
            for (var i = range.Item1; i < range.Item2 && messages.Count < MostErrors; i++)
            {
                var read = options.Read(configurations[i].Parameters, out var problems);
                found[i] = (problems.Count == 0 ? timelines.Of(read) : null, problems);
                messages.UnionWith(problems.Select(problem => problem.Message));
            }
        });
        foreach (var (_, problems) in found)
        {
            if (errors.Count >= MostErrors) break;
            foreach (var problem in problems)
            {
                var parameter = parameters.FirstOrDefault(one => one.Name == problem.Parameter);
                errors.Add(parameter?.Key ?? file.Find("parameters")!.Value.Key, problem.Message + Drawn(parameter));
            }
        }
        return [.. found.Select(one => one.Timeline).OfType<RunTimeline>()];
    }

    /// <summary>Where a value came from that stands nowhere in the file.</summary>
    private static string Drawn(FileParameter? parameter) => parameter?.Distribution switch
    {
        NormalDistribution or LogNormalDistribution or BetaDistribution or QuantizedDistribution { Of: NormalDistribution or LogNormalDistribution or BetaDistribution } =>
            $", which {parameter.Distribution.Name} drew; change its shape, or leave such values out with skip: [\"{parameter.Name} > ...\"]",
        _ => "",
    };

    private void CheckSeeds(int comparisons)
    {
        if (comparisons is > 0 and <= MostComparisons) return;
        errors.Add(file.Find("seeds")!.Value.Key, comparisons == 0
            ? "seeds are added until configurations are told from the baseline, but there is no other one; write a count, such as seeds: 3, or add values"
            : $"the error rate is divided over {comparisons} comparisons, of which hardly any would ever be decided; at most {MostComparisons} are possible, or write a count, such as seeds: 3");
    }

    private void CheckMetric(ImmutableArray<Configuration> configurations)
    {
        var metric = spec.Metric.Metric;
        if (metric.IsReported is not { } isReported) return;
        var options = new TrainingOptionsReader(constants);
        var silent = configurations.FirstOrDefault(configuration => !isReported(options.Read(configuration.Parameters, out _)));
        if (silent is not null)
            errors.Add(file.Find("metric")!.Value.Key, $"{metric.Name} is reported by {metric.ReportedBy}, but not by configuration {silent.Label}; correct its parameters or write another metric");
    }

    /// <summary>Which configuration each one is compared with, as far as there is one.</summary>
    private ImmutableArray<int> CheckBaseline(SweepSpec complete)
    {
        var references = Baselines.Of(complete).References;
        if (complete.Baseline is not { } baseline) return references;
        var key = file.Find("baseline")!.Value.Key;
        // A search that learns may come to any point: its baseline is a whole one.
        if (spec.Learns ? SweepPlan.PointOf(spec.Space, baseline) is not null : !references.Contains(-1))
        {
            if (references.Length > 1 && references.Distinct().Count() == references.Length)
                errors.Add(key, $"every configuration is a baseline, so that nothing is compared; also give {string.Join(" or ", spec.Space.Varying.Keys.Where(name => !baseline.ContainsKey(name)))}");
            return references;
        }
        var given = SweepPlan.WithConstants(spec.Space, baseline);
        var whole = spec.Space.WithoutInactive(given);
        var open = spec.Space.Parameters.Where(parameter => parameter.Varies && !baseline.ContainsKey(parameter.Name) && spec.Space.IsActive(parameter, given))
            .Select(parameter => parameter.Name).ToArray();
        var absent = open.Length > 0 ? null : spec.Space.Parameters.FirstOrDefault(parameter => baseline.ContainsKey(parameter.Name) && !whole.ContainsKey(parameter.Name));
        errors.Add(key, absent is { When: { } condition }
                ? $"the baseline is not a configuration of this sweep: 'when' leaves {absent.Name} out unless {condition.Parameter} is {string.Join(" or ", condition.Values)}; remove {absent.Name} here"
            : open.Length > 0 ? $"{(references.Contains(-1) && Baselines.Matches(complete.Configurations, baseline).Any()
                    ? $"no baseline has the {string.Join(" and ", open.Order(StringComparer.Ordinal))} of configuration {complete.Configurations[references.IndexOf(-1)].Label}, to compare it with"
                    : "the baseline fits no one configuration")}; also give {string.Join(", ", open.Order(StringComparer.Ordinal))}"
            : spec.Space.IsSkipped(whole) ? "the baseline is not a configuration of this sweep: 'skip' leaves it out"
            : $"the baseline is not a configuration of this sweep: it comes after the {spec.RunCap} of run_cap; raise run_cap");
        return references;
    }
}
