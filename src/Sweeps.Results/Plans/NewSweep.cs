using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

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

    /// <summary><c>gpt</c>, the built-in trainer.</summary>
    public string Program { get; init; } = "gpt";

    /// <summary>Name of the metric that answers the question.</summary>
    public required string Metric { get; init; }

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

    /// <summary>Configurations, stage tree and runs to begin with.</summary>
    public required SweepGrowth Growth { get; init; }

    /// <summary>What a sweep file and its plan say. A stage is trained with the parameters of one of its runs, and means the same to the others.</summary>
    public static NewSweep Of(SweepSpec spec, SweepPlan plan) => new()
    {
        Name = spec.Name,
        Description = spec.Description,
        FileText = spec.Yaml,
        Program = spec.Program,
        Metric = spec.Metric.Name,
        Target = spec.Metric.Target,
        Priority = spec.Priority,
        UserRetries = spec.Retries.User,
        MemoryRetries = spec.Retries.Oom,
        MachineRetries = spec.Retries.Machine,
        Growth = new SweepGrowth
        {
            Configurations = [.. plan.Configurations.Select(configuration =>
                new NewConfiguration(configuration.Label, configuration.Parameters, configuration.Index == plan.BaselineIndex))],
            Stages = [.. plan.Tree.Stages.Select(stage => (Stage: stage, Run: plan.Runs[stage.Run])).Select(s =>
                new NewStage(s.Stage.Parent, plan.Configurations[s.Run.ConfigurationIndex].Parameters, s.Run.Seed, s.Stage.FromStep, s.Stage.ToStep))],
            Runs = [.. plan.Runs.Select(run => new NewRun(run.ConfigurationIndex, run.Seed, plan.Tree.Paths[run.Index]))],
        },
    };
}
