using System.Text.RegularExpressions;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Head.Api;

/// <summary>What is to be said of a sweep file before it is submitted.</summary>
/// <param name="Errors">All errors by line and column; empty for a file that is accepted.</param>
/// <param name="Plan">What it would train; null with errors.</param>
public sealed record SweepCheck(IReadOnlyList<FileErrorView> Errors, PlanView? Plan);

/// <summary>One thing that is wrong in a sweep file.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1, in characters.</param>
/// <param name="Length">Characters of the offending text; 0 when something is missing.</param>
/// <param name="Message">What is wrong and what to write instead.</param>
/// <param name="Suggestion">What was probably meant in place of the offending text, or null.</param>
public sealed partial record FileErrorView(int Line, int Column, int Length, string Message, string? Suggestion)
{
    /// <summary>What is shown of an error.</summary>
    internal static FileErrorView Of(SweepFileError error) => new(error.Line, error.Column, error.Text.Length, error.Message,
        Meant().Match(error.Message) is { Success: true } match ? match.Groups[1].Value : null);

    [GeneratedRegex("did you mean [\"'](.+?)[\"']\\?")]
    private static partial Regex Meant();
}

/// <summary>The numbers of a plan.</summary>
/// <param name="Name">The sweep's name.</param>
/// <param name="Program">The trainer.</param>
/// <param name="Configurations">Configurations that are known beforehand.</param>
/// <param name="MostConfigurations">More, where a search chooses further ones while it runs.</param>
/// <param name="Seeds">Runs of each configuration.</param>
/// <param name="Runs">Runs that are known beforehand.</param>
/// <param name="Stages">Stages to train.</param>
/// <param name="Steps">Steps to train, shared ones once and without those that earlier sweeps have; null where only the program knows.</param>
/// <param name="StepsReused">Steps that earlier sweeps have trained.</param>
/// <param name="StepsWithoutSharing">Steps of all runs.</param>
/// <param name="Baseline">Label of the configuration that the others are compared with.</param>
/// <param name="BaselineRemark">What is compared with what, in words.</param>
/// <param name="Varying">Names of the parameters that vary.</param>
/// <param name="Estimate">How long it may take; null when no earlier sweep of the name tells.</param>
public sealed record PlanView(string Name, string Program, int Configurations, int MostConfigurations, int Seeds, int Runs, int Stages, long? Steps, long StepsReused,
    long? StepsWithoutSharing, string Baseline, string BaselineRemark, IReadOnlyList<string> Varying, PlanEstimate? Estimate)
{
    /// <summary>What is shown of a plan.</summary>
    internal static PlanView Of(SweepSpec spec, SweepPlan plan, PlanEstimate? estimate) => new(spec.Name, spec.Program, plan.Configurations.Length, plan.MostConfigurations,
        spec.Seeds, plan.Runs.Length, plan.Tree.Stages.Length, spec.Command is null ? plan.Tree.Steps : null, plan.StoredSteps.Values.Sum(),
        spec.Command is null ? plan.TotalSteps : null, plan.Baseline.Label, plan.BaselineRemark, [.. spec.Space.Varying.Keys], estimate);
}

/// <summary>How long a sweep takes if it is as fast as the newest earlier one of its name, on the slots that there are now.</summary>
/// <param name="Seconds">From its first to its last step.</param>
/// <param name="Slots">Slots of all machines that are alive.</param>
/// <param name="SweepId">The earlier sweep.</param>
public sealed record PlanEstimate(double Seconds, int Slots, long SweepId)
{
    /// <summary>Null where nothing tells.</summary>
    internal static PlanEstimate? Of(SweepPlan plan, SweepView? earlier, int slots) => earlier is { StepsDone: > 0, MachineSeconds: > 0 } && slots > 0 && plan.Tree.Steps > 0
        ? new(plan.Tree.Steps * (earlier.MachineSeconds / earlier.StepsDone) / slots, slots, earlier.Id) : null;
}
