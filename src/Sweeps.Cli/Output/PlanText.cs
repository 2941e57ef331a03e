using Sweeps.Core.Search;

namespace Sweeps.Cli.Output;

/// <summary>A plan in words.</summary>
internal static class PlanText
{
    /// <summary><c>6 configurations x 2 seeds = 12 runs, 3,600 steps</c>.</summary>
    public static string Size(SweepPlan plan)
    {
        var seeds = plan.Runs.Length / plan.Configurations.Length;
        return $"{Numbers.Count(plan.Configurations.Length, "configuration")} x {Numbers.Count(seeds, "seed")} = "
            + $"{Numbers.Count(plan.Runs.Length, "run")}, {Numbers.Count(plan.TotalSteps, "step")}";
    }
}
