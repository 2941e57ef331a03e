using Sweeps.Core;
using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Agents;
using Sweeps.Results;
using Sweeps.Results.Plans;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Head.Planning;

/// <summary>What a changed file adds to a sweep: nothing of what the sweep has is left out, and only what is new is trained.</summary>
/// <param name="Spec">The changed file.</param>
/// <param name="Plan">Its configurations, and the runs that are new or become longer.</param>
/// <param name="Configurations">For each configuration the sweep's own, or null for a new one.</param>
/// <param name="Longer">How many of the runs become longer; the others are new.</param>
public sealed record ExtensionPlan(SweepSpec Spec, SweepPlan Plan, IReadOnlyList<ConfigurationRecord?> Configurations, int Longer)
{
    private const int MostNamed = 3;

    /// <summary>Compares a file with a sweep.</summary>
    /// <param name="queries">The results.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="spec">The changed file.</param>
    /// <param name="slots">Where the runs may be trained.</param>
    /// <exception cref="ResultsException">It does not only add to the sweep; the message says what it leaves out.</exception>
    public static async Task<ExtensionPlan> OfAsync(ResultsQueries queries, SweepRecord sweep, SweepSpec spec, IReadOnlyCollection<Slot> slots)
    {
        if (sweep.State == SweepState.Cancelled) throw Refused($"sweep {sweep.Id} was cancelled and cannot be extended");
        if (sweep.Program == SweepSpec.Import)
            throw new ResultsException(ResultsFailure.Refused, $"Sweep {sweep.Name} ({sweep.Id}) was imported, and nothing of it can be trained here: import its logs together with the new ones.");
        if (spec.Program != sweep.Program) throw Refused($"sweep {sweep.Id} is of program {sweep.Program}, the file of {spec.Program}");
        if (spec.Metric.Name != sweep.Metric) throw Refused($"sweep {sweep.Id} is judged by {sweep.Metric}, the file by {spec.Metric.Name}");
        var old = SweepFile.Parse(sweep.FileText, sweep.Name);
        if (spec.Learns || old.Learns) throw Refused("a search that chooses configurations from results (method: tpe or bayes) cannot be extended");
        if (spec.Until is not null || old.Until is not null)
            throw Refused("the error rate of a sweep that adds seeds until its comparisons are decided holds for the looks that it was planned with, so it cannot be extended");
        if (spec.Seeds < old.Seeds) throw Refused($"sweep {sweep.Id} has {old.Seeds} seeds, the file {spec.Seeds}");

        var once = SweepPlan.Of(spec, isWanted: (_, seed) => seed == 1);
        var configurations = Matches(spec, old, once.Configurations, await queries.ConfigurationsAsync(sweep.Id), out var left);
        if (left.Count > 0)
            throw Refused($"the file leaves out {string.Join(", ", left.Take(MostNamed).Select(one => one.Label))}{(left.Count > MostNamed ? $" and {left.Count - MostNamed} more" : "")} of sweep {sweep.Id}");
        var runs = (await queries.RunsAsync(sweep.Id)).ToDictionary(run => (run.ConfigurationId, run.Seed));
        foreach (var place in once.Runs)
        {
            for (var seed = 1; seed <= old.Seeds; seed++)
                if (spec.Command is null && Find(place.ConfigurationIndex, seed) is { } run && place.Steps < run.Steps)
                    throw Refused($"the file ends {run.Label} at step {place.Steps}, sweep {sweep.Id} at step {run.Steps}");
        }
        var stored = await EarlierStages.FindAsync(queries, spec, slots, extended: sweep.Id);
        var plan = SweepPlan.Of(spec, stored, (configuration, seed) => Find(configuration, seed) is not { } run || run.Steps < once.Runs[configuration].Steps);
        return new(spec, plan, configurations, plan.Runs.Count(run => Find(run.ConfigurationIndex, run.Seed) is not null));

        RunResult? Find(int configuration, int seed) => configurations[configuration] is { } known ? runs.GetValueOrDefault((known.Id, seed)) : null;
    }

    /// <summary>What is to be stored.</summary>
    internal SweepExtension ToStore() => new()
    {
        FileText = Spec.Yaml,
        Description = Spec.Description,
        Target = Spec.Metric.Target,
        StopsEarly = Spec.Stopper is not null,
        Configurations = [.. Plan.Configurations.Select(configuration => (Configurations[configuration.Index]?.Id, NewSweep.ConfigurationOf(Plan, configuration)))],
        Stages = NewSweep.StagesOf(Plan),
        Runs = NewSweep.RunsOf(Plan),
    };

    /// <summary>
    /// The sweep's configuration that each one of the file is. Two are the same when the trainer would do the same for both, however they
    /// are written, but for the steps, if all of a file's configurations have the same number of them.
    /// </summary>
    private static ConfigurationRecord?[] Matches(
        SweepSpec spec, SweepSpec old, IReadOnlyList<Configuration> configurations, IReadOnlyList<ConfigurationRecord> known, out IReadOnlyList<ConfigurationRecord> left)
    {
        var steps = spec.Command is not null || Varies(spec) || Varies(old) ? null : TrainingOptions.FromParameters(configurations[0].Parameters, seed: 1).ToParameters()["steps"];
        var remaining = new Dictionary<string, ConfigurationRecord>();
        var twice = new List<ConfigurationRecord>();
        foreach (var record in known)
            if (!remaining.TryAdd(Meaning(record.Parameters), record)) twice.Add(record);
        var matches = configurations.Select(configuration => remaining.Remove(Meaning(configuration.Parameters), out var record) ? record : null).ToArray();
        left = [.. remaining.Values, .. twice];
        return matches;

        static bool Varies(SweepSpec spec) => spec.Space.Parameters.Any(parameter => parameter.Varies && GptParameters.Find(parameter.Name)?.Name == "steps");

        string Meaning(IReadOnlyDictionary<string, ParameterValue> parameters)
        {
            if (spec.Command is not null) return Configuration.Canonical(parameters);
            var given = parameters.Where(pair => steps is null || GptParameters.Find(pair.Key)?.Name != "steps").ToDictionary();
            if (steps is { } number) given["steps"] = number;
            return Configuration.Canonical(TrainingOptions.FromParameters(given, seed: 1).ToParameters());
        }
    }

    private static ResultsException Refused(string problem) => new(ResultsFailure.Refused,
        $"{problem}: `extend` adds values, seeds and steps to a sweep; submit the file as a new sweep, which does not train again what was trained before.");
}
