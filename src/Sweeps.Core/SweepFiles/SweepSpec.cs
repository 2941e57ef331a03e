using System.Collections.Immutable;
using System.Globalization;
using Sweeps.Core.Commands;
using Sweeps.Core.Gpt;
using Sweeps.Core.Nightly;
using Sweeps.Core.Search;
using Sweeps.Core.Search.Stopping;
using Sweeps.Core.Stages;

namespace Sweeps.Core.SweepFiles;

/// <summary>How configurations are chosen from the search space.</summary>
public enum SearchMethod
{
    /// <summary>Every combination.</summary>
    Grid,

    /// <summary>Independent draws.</summary>
    Random,

    /// <summary>Points of a scrambled Sobol sequence.</summary>
    Sobol,

    /// <summary>Chosen one at a time by the tree-structured Parzen estimator.</summary>
    Tpe,

    /// <summary>Chosen one at a time by Bayesian optimization.</summary>
    Bayes,
}

/// <summary>What stands for the score of a run that has none, as Weights &amp; Biases means it.</summary>
public enum Imputation
{
    /// <summary>The run's own best value so far.</summary>
    Best,

    /// <summary>The worst final value that any run of the sweep has.</summary>
    Worst,

    /// <summary>The run's own latest value.</summary>
    Latest,
}

/// <summary>What a sweep is judged by.</summary>
/// <param name="Name">Name of the metric; of the built-in trainer one of <see cref="ResultMetrics"/>.</param>
/// <param name="Target">The value whose cost is asked for, or null.</param>
public sealed record MetricSpec(string Name, double? Target)
{
    /// <summary>Which values are good, where <see cref="ResultMetrics"/> does not say; null where it does.</summary>
    public MetricGoal? FreeGoal { get; init; }

    /// <summary>What a run scores that failed, diverged or was stopped early; null when the file does not say. For searches that learn.</summary>
    public Imputation? Impute { get; init; }

    /// <summary>What a run scores that is still trained; null for none. For searches that learn.</summary>
    public Imputation? ImputeWhileRunning { get; init; }

    /// <summary>What is known of the metric.</summary>
    public ResultMetric Metric => FreeGoal is { } goal ? ResultMetrics.Free(Name, goal)
        : ResultMetrics.Find(Name) ?? throw new InvalidOperationException($"There is no metric {Name}.");

    /// <summary>A metric of a program of the user's.</summary>
    public static MetricSpec Free(string name, double? target, MetricGoal goal = MetricGoal.Minimize) => new(name, target) { FreeGoal = goal };
}

/// <summary>What one attempt needs.</summary>
public sealed record ResourceSpec
{
    /// <summary>GPUs; a part of 1 shares one. Null when the sweep does not ask for any.</summary>
    public double? Gpus { get; init; }

    /// <summary>CPU cores, or null when the sweep does not say.</summary>
    public int? Cpus { get; init; }

    /// <summary>Memory in bytes, or null when the sweep does not say.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Time that a batch system is asked for, or null when the sweep does not say. An attempt that does not end within it goes on in another one.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Least time: a batch system asks for a checkpoint up to 150 s before the end, and something must have been done by then.</summary>
    public static TimeSpan LeastTime { get; } = TimeSpan.FromMinutes(5);

    /// <summary><c>2 GPUs with 80 GiB</c>.</summary>
    public override string ToString()
    {
        var place = Gpus is { } gpus ? string.Create(CultureInfo.InvariantCulture, $"{gpus:0.###} {(gpus > 1 ? "GPUs" : "GPU")}")
            : Cpus is { } cpus ? string.Create(CultureInfo.InvariantCulture, $"{cpus} {(cpus == 1 ? "core" : "cores")}") : "one slot";
        return MemoryBytes is { } bytes ? $"{place} with {ByteSize.Text(bytes)}" : place;
    }
}

/// <summary>How often a stage is tried again, by cause.</summary>
public sealed record RetrySpec
{
    /// <summary>After the user's program or configuration failed.</summary>
    public int User { get; init; } = 1;

    /// <summary>After memory ran out.</summary>
    public int Oom { get; init; } = 1;

    /// <summary>After a worker or its machine was lost.</summary>
    public int Machine { get; init; } = 5;
}

/// <summary>Seeds that are added while the sweep runs, until every comparison with the baseline is decided.</summary>
/// <param name="Least">Seeds to begin with, at least 2.</param>
/// <param name="Most">Seeds at which it ends, decided or not.</param>
/// <param name="Alpha">Probability that any difference is called real that is none, over all comparisons and all looks at them.</param>
public sealed record SeedRule(int Least, int Most, double Alpha);

/// <summary>A sweep file that was read and found to be sound: every configuration of it can be trained.</summary>
public sealed record SweepSpec
{
    /// <summary>Name of the sweep; the file's name where it does not say.</summary>
    public required string Name { get; init; }

    /// <summary>The question, in words.</summary>
    public string? Description { get; init; }

    /// <summary>What others have found or said about the question, with its source, in words; results are reported beside it.</summary>
    public string? Claim { get; init; }

    /// <summary><c>gpt</c>, the built-in trainer, or the name of what <see cref="Command"/> starts.</summary>
    public required string Program { get; init; }

    /// <summary>How the program is started; null for the built-in trainer.</summary>
    public CommandSpec? Command { get; init; }

    /// <summary>The <see cref="Program"/> of a sweep whose results were imported: nothing of it can be trained.</summary>
    public const string Import = "import";

    /// <summary>Whether its results were read from logs of others. What a seed means is then not known, so that two runs of the same seed are no pair.</summary>
    public bool IsImported => Program == Import;

    /// <summary>How configurations are chosen.</summary>
    public required SearchMethod Method { get; init; }

    /// <summary>What the sweep is judged by.</summary>
    public required MetricSpec Metric { get; init; }

    /// <summary>The parameters.</summary>
    public required SearchSpace Space { get; init; }

    /// <summary>Runs of each configuration; their seeds are 1 to this. With <see cref="Until"/> those to begin with.</summary>
    public required int Seeds { get; init; }

    /// <summary>By which rule seeds are added while the sweep runs; null for a fixed number of them.</summary>
    public SeedRule? Until { get; init; }

    /// <summary>Values of the configuration that the others are compared with, enough of them to tell it apart; null when not given.</summary>
    public IReadOnlyDictionary<string, ParameterValue>? Baseline { get; init; }

    /// <summary>What one attempt needs.</summary>
    public ResourceSpec Resources { get; init; } = new();

    /// <summary>Most configurations, or null for no limit. (Each is trained with every seed.)</summary>
    public int? RunCap { get; init; }

    /// <summary>Stops configurations that are not worth training further; null when every run goes to its end.</summary>
    public IStopper? Stopper { get; init; }

    /// <summary>0 to 100; stages of a sweep with a higher one go first.</summary>
    public int Priority { get; init; } = 50;

    /// <summary>How often a stage is tried again.</summary>
    public RetrySpec Retries { get; init; } = new();

    /// <summary>Whether runs that are the same up to a step are trained once up to there.</summary>
    public bool SharePrefixes { get; init; } = true;

    /// <summary>When its nights are, if it is a nightly job; null where the file does not say.</summary>
    public NightlySpec? Schedule { get; init; }

    /// <summary>Who hears of its nights, or null. Sweeps that are not of a nightly job tell nobody.</summary>
    public AlertSpec? Alert { get; init; }

    /// <summary>A label, or null.</summary>
    public string? Project { get; init; }

    /// <summary>A label, or null.</summary>
    public string? Entity { get; init; }

    /// <summary>The configurations in the order of the search; found, and checked against the trainer, when the file was read.</summary>
    internal ImmutableArray<Configuration> Configurations { get; init; } = [];

    /// <summary>What each of <see cref="Configurations"/> does over its steps, with seed 1; empty for a command, which alone knows.</summary>
    internal ImmutableArray<RunTimeline> Timelines { get; init; } = [];

    /// <summary>The file as it was written.</summary>
    public required string Yaml { get; init; }

    /// <summary>The same sweep with the directory in which its command is started; of the built-in trainer nothing changes.</summary>
    /// <param name="directory">A full path, that of the sweep file's directory.</param>
    public SweepSpec In(string directory) => Command is null ? this : this with { Command = Command with { Directory = directory } };

    /// <summary>Whether the search learns from scores: then all but its first configurations are chosen while it runs.</summary>
    public bool Learns => Method is SearchMethod.Tpe or SearchMethod.Bayes;

    /// <summary>Whether runs that begin alike share stages: not those of a program of the user's, of which nobody knows whether they do.</summary>
    public bool Shares => SharePrefixes && Command is null;

    /// <summary>Steps of every run when they do not depend on what is searched; otherwise, and of a command, null.</summary>
    public long? FixedSteps => Command is not null || Space.Parameters.Any(parameter => (parameter.Varies || parameter.When is not null) && GptParameters.Find(parameter.Name)?.Name == "steps")
        ? null : Timelines[0].Steps;

    /// <summary>The sweep with the configurations that a search which <see cref="Learns"/> has come to, in their order.</summary>
    /// <exception cref="GptParameterException">The trainer refuses one.</exception>
    public SweepSpec With(IEnumerable<IReadOnlyDictionary<string, ParameterValue>> chosen)
    {
        var configurations = chosen.Select(ConfigurationOf).ToImmutableArray();
        return this with
        {
            Configurations = configurations,
            Timelines = Command is null ? [.. configurations.Select(TimelineOf)] : [],
        };
    }

    /// <summary>What the trainer says against a configuration, a sentence; null when it can be trained.</summary>
    public string? Refusal(Configuration configuration) => Command is null && TrainingOptions.Check(configuration.Parameters) is [var problem, ..] ? problem.Message : null;

    /// <summary>What a configuration that can be trained does over its steps, with seed 1.</summary>
    public RunTimeline TimelineOf(Configuration configuration) => RunTimeline.Of(TrainingOptions.FromParameters(configuration.Parameters, seed: 1));

    /// <summary>A point as the sweep's configuration at a place.</summary>
    internal Configuration ConfigurationOf(IReadOnlyDictionary<string, ParameterValue> point, int index) =>
        new(index, point as ImmutableSortedDictionary<string, ParameterValue> ?? point.ToImmutableSortedDictionary(StringComparer.Ordinal), Space.Varying);
}
