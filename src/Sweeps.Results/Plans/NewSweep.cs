using Sweeps.Core.Commands;
using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Results.Records;

namespace Sweeps.Results.Plans;

/// <summary>A sweep to be stored: its file, and its first configurations, stages and runs.</summary>
public sealed record NewSweep
{
    /// <summary>Name in the sweep file.</summary>
    public required string Name { get; init; }

    /// <summary>The question in words, or null.</summary>
    public string? Description { get; init; }

    /// <summary>The sweep file, whole.</summary>
    public required string FileText { get; init; }

    /// <summary><c>gpt</c>, the built-in trainer, or the name of what the command starts.</summary>
    public string Program { get; init; } = "gpt";

    /// <summary>The command; null for the built-in trainer.</summary>
    public CommandSpec? Command { get; init; }

    /// <summary>Name of the metric that answers the question.</summary>
    public required string Metric { get; init; }

    /// <summary>Which values of the metric are good.</summary>
    public MetricGoal Goal { get; init; }

    /// <summary>Value of the metric to reach, or null.</summary>
    public double? Target { get; init; }

    /// <summary>0 to 100.</summary>
    public int Priority { get; init; } = 50;

    /// <summary>Further attempts of a stage after errors of the user's.</summary>
    public int UserRetries { get; init; } = 1;

    /// <summary>Further attempts of a stage after it ran out of memory.</summary>
    public int MemoryRetries { get; init; } = 1;

    /// <summary>Further attempts of a stage after its process or machine vanished.</summary>
    public int MachineRetries { get; init; } = 5;

    /// <summary>Whether its search may add configurations, or its rule seeds, while it runs.</summary>
    public bool IsSearching { get; init; }

    /// <summary>With which runs those that are added while it runs share stages.</summary>
    public Sharing Sharing { get; init; }

    /// <summary>Whether configurations of it may be stopped early.</summary>
    public bool StopsEarly { get; init; }

    /// <summary>What each of its attempts needs.</summary>
    public ResourceSpec Needs { get; init; } = new();

    /// <summary>The nightly job of which it is a night, or null.</summary>
    public string? NightlyJob { get; init; }

    /// <summary>Configurations, stage tree and runs to begin with.</summary>
    public required SweepGrowth Growth { get; init; }

    /// <summary>What a sweep file and its plan say. A stage is trained with the parameters of one of its runs, and means the same to the others.</summary>
    public static NewSweep Of(SweepSpec spec, SweepPlan plan) => new()
    {
        Name = spec.Name,
        Description = spec.Description,
        FileText = spec.Yaml,
        Program = spec.Program,
        Command = spec.Command,
        Metric = spec.Metric.Name,
        Goal = spec.Metric.Metric.Goal,
        Target = spec.Metric.Target,
        Priority = spec.Priority,
        UserRetries = spec.Retries.User,
        MemoryRetries = spec.Retries.Oom,
        MachineRetries = spec.Retries.Machine,
        IsSearching = plan.IsOpen || spec.Until is not null,
        Sharing = spec.SharePrefixes ? Sharing.All : Sharing.None,
        StopsEarly = spec.Stopper is not null,
        Needs = spec.Resources,
        Growth = new SweepGrowth
        {
            Configurations = [.. plan.Configurations.Select(configuration => ConfigurationOf(plan, configuration))],
            Stages = StagesOf(plan),
            Runs = RunsOf(plan),
        },
    };

    /// <summary>A configuration of a plan.</summary>
    public static NewConfiguration ConfigurationOf(SweepPlan plan, Configuration configuration) =>
        new(configuration.Label, configuration.Parameters, plan.IsBaseline(configuration.Index));

    /// <summary>The runs of a plan.</summary>
    public static IReadOnlyList<NewRun> RunsOf(SweepPlan plan) => [.. plan.Runs.Select(run => new NewRun(run.ConfigurationIndex, run.Seed, plan.Tree.Paths[run.Index])
    {
        StoredPath = [.. plan.StoredPaths[run.Index].Select(stage => stage.Id)],
    })];

    /// <summary>The stages of a plan.</summary>
    public static IReadOnlyList<NewStage> StagesOf(SweepPlan plan) => [.. plan.Tree.Stages.Select(stage =>
    {
        var run = plan.Runs[stage.Run];
        var identity = plan.Identities?.Of(run);
        return new NewStage(stage.Parent, plan.Configurations[run.ConfigurationIndex].Parameters, run.Seed, stage.FromStep, stage.ToStep, stage.StoredParent)
        {
            Origin = identity?.Origin, Identity = identity?.At(stage.ToStep),
        };
    })];
}
