using System.Globalization;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Cli.Output;

/// <summary>A plan in words.</summary>
internal static class PlanText
{
    /// <summary><c>6 configurations x 2 seeds = 12 runs, 3,600 steps</c>; of a search that learns <c>up to 40 configurations</c>.</summary>
    public static string Size(SweepSpec spec, SweepPlan plan)
    {
        var seeds = plan.Runs.Length / plan.Configurations.Length;
        if (plan.IsOpen)
            return $"up to {Numbers.Count(plan.MostConfigurations, "configuration")} x {Numbers.Count(seeds, "seed")} = "
                + $"{Numbers.Count(plan.MostConfigurations * (long)seeds, "run")}, {(spec.FixedSteps is { } steps ? Numbers.Count(steps * seeds * plan.MostConfigurations, "step") : "and as many steps as the search chooses")}";
        return $"{Numbers.Count(plan.Configurations.Length, "configuration")} x {Numbers.Count(seeds, "seed")} = "
            + $"{Numbers.Count(plan.Runs.Length, "run")}, {Numbers.Count(plan.TotalSteps, "step")}";
    }

    /// <summary>
    /// <c>Runs that begin alike share stages: 5 stages with 2,400 steps, 33% fewer.</c>, or why there is nothing to share.
    /// </summary>
    public static string Sharing(SweepSpec spec, SweepPlan plan)
    {
        if (plan.IsOpen)
            return $"The first {Numbers.Count(plan.Configurations.Length, "configuration")} are known ({Numbers.Count(plan.TotalSteps, "step")}); the search chooses the others from their results."
                + (plan.Tree.Steps < plan.TotalSteps ? $" Those that begin alike share stages: {Numbers.Count(plan.Tree.Stages.Length, "stage")} with {Numbers.Count(plan.Tree.Steps, "step")}." : "");
        if (!spec.SharePrefixes) return "Every run is trained from its first step; sharing is turned off.";
        var saved = plan.TotalSteps - plan.Tree.Steps;
        return saved == 0
            ? "No two runs begin alike; every run is trained from its first step."
            : string.Create(CultureInfo.InvariantCulture,
                $"Runs that begin alike share stages: {Numbers.Count(plan.Tree.Stages.Length, "stage")} with {Numbers.Count(plan.Tree.Steps, "step")}, {100.0 * saved / plan.TotalSteps:0.#}% fewer.");
    }
}
