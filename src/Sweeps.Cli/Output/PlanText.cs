using System.Globalization;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Cli.Output;

/// <summary>A plan in words.</summary>
internal static class PlanText
{
    /// <summary><c>6 configurations x 2 seeds = 12 runs, 3,600 steps</c>; without the steps where only the program knows them.</summary>
    public static string Size(SweepPlan plan)
    {
        var seeds = plan.Runs.Length / plan.Configurations.Length;
        return $"{Numbers.Count(plan.Configurations.Length, "configuration")} x {Numbers.Count(seeds, "seed")} = "
            + Numbers.Count(plan.Runs.Length, "run") + (plan.TotalSteps > 0 ? $", {Numbers.Count(plan.TotalSteps, "step")}" : "");
    }

    /// <summary>
    /// <c>Runs that begin alike share stages: 5 stages with 2,400 steps, 33% fewer.</c>, or why there is nothing to share.
    /// </summary>
    public static string Sharing(SweepSpec spec, SweepPlan plan)
    {
        if (spec.Command is { } command) return $"Every run starts {string.Join(' ', command.Arguments)} in {command.Directory}; how many steps it makes is its own affair.";
        if (!spec.SharePrefixes) return "Every run is trained from its first step; sharing is turned off.";
        var saved = plan.TotalSteps - plan.Tree.Steps;
        return saved == 0
            ? "No two runs begin alike; every run is trained from its first step."
            : string.Create(CultureInfo.InvariantCulture,
                $"Runs that begin alike share stages: {Numbers.Count(plan.Tree.Stages.Length, "stage")} with {Numbers.Count(plan.Tree.Steps, "step")}, {100.0 * saved / plan.TotalSteps:0.#}% fewer.");
    }
}
