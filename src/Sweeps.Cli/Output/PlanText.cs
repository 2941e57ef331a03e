using System.Globalization;
using Sweeps.Core.Nightly;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Head.Planning;

namespace Sweeps.Cli.Output;

/// <summary>A plan in words.</summary>
internal static class PlanText
{
    private const int NightsShown = 3;

    /// <summary>
    /// <c>6 configurations x 2 seeds = 12 runs, 3,600 steps</c>; without the steps where only the program knows them; of a search that learns
    /// <c>up to 40 configurations</c>.
    /// </summary>
    public static string Size(SweepSpec spec, SweepPlan plan)
    {
        var seeds = plan.Runs.Length / plan.Configurations.Length;
        if (plan.IsOpen)
            return $"up to {Numbers.Count(plan.MostConfigurations, "configuration")} x {Numbers.Count(seeds, "seed")} = "
                + $"{Numbers.Count(plan.MostConfigurations * (long)seeds, "run")}, {(spec.FixedSteps is { } steps ? Numbers.Count(steps * seeds * plan.MostConfigurations, "step") : "and as many steps as the search chooses")}";
        if (spec.Until is { } rule)
            return $"{Numbers.Count(plan.Configurations.Length, "configuration")} x {rule.Least} to {rule.Most} seeds = {Numbers.Count(plan.Runs.Length)} to "
                + Numbers.Count((long)rule.Most * plan.Configurations.Length, "run")
                + (plan.TotalSteps > 0 ? $", {Numbers.Count(plan.TotalSteps)} to {Numbers.Count(plan.TotalSteps / rule.Least * rule.Most, "step")}" : "");
        return $"{Numbers.Count(plan.Configurations.Length, "configuration")} x {Numbers.Count(seeds, "seed")} = "
            + Numbers.Count(plan.Runs.Length, "run") + (plan.TotalSteps > 0 ? $", {Numbers.Count(plan.TotalSteps, "step")}" : "");
    }

    /// <summary>What a rule for seeds does.</summary>
    public static string AddedSeeds(SeedRule rule, SweepPlan plan) =>
        $"When {rule.Least} seeds have ended, each configuration that is not told from {(plan.OpenInBaseline.IsEmpty ? "the" : "its")} baseline gets one more, and so does the baseline, up to {rule.Most}; "
        + string.Create(CultureInfo.InvariantCulture, $"the error rate over all looks and comparisons ({plan.Comparisons}) is {rule.Alpha * 100:0.####}%.");

    /// <summary>
    /// <c>Sweep 1 gets 4 more runs and makes 2 longer. 600 steps to train; 1,200 steps that they begin with are trained already, 200 of them by
    /// other sweeps.</c>
    /// </summary>
    public static string Extension(ExtensionPlan extension, EarlierWork work, long sweepId)
    {
        var (longer, added) = (extension.Longer, extension.Plan.Runs.Length - extension.Longer);
        if (longer + added == 0) return $"Sweep {sweepId} has all of these runs already.";
        var others = work.Sweeps.Where(sweep => sweep.Id != sweepId).Sum(sweep => sweep.Steps);
        return $"Sweep {sweepId} gets {Numbers.Count(added, "more run")} and makes {Numbers.Count(longer)} longer. "
            + $"{Numbers.Count(extension.Plan.Tree.Steps, "step")} to train; {Numbers.Count(work.Sweeps.Sum(sweep => sweep.Steps), "step")} that they begin with are there already"
            + (others > 0 ? $", {Numbers.Count(others)} of them from other sweeps." : ".");
    }

    /// <summary>
    /// <c>Runs that begin alike share stages: 5 stages with 2,400 steps, 33% fewer.</c>, or why there is nothing to share.
    /// </summary>
    public static string Sharing(SweepSpec spec, SweepPlan plan)
    {
        if (spec.Command is { } command) return $"Every run starts {string.Join(' ', command.Arguments)} in {command.Directory}; how many steps it makes is its own affair.";
        var stored = plan.StoredPaths.SelectMany(path => path).Select(stage => stage.Id).Distinct().Count();
        var (stages, steps) = (plan.Tree.Stages.Length + stored, plan.Tree.Steps + plan.StoredSteps.Values.Sum());
        var saved = plan.TotalSteps - steps;
        if (plan.IsOpen)
            return $"The first {Numbers.Count(plan.Configurations.Length, "configuration")} are known ({Numbers.Count(plan.TotalSteps, "step")}); the search chooses the others from their results."
                + (saved > 0 ? $" Those that begin alike share stages: {Numbers.Count(stages, "stage")} with {Numbers.Count(steps, "step")}." : "");
        if (!spec.SharePrefixes) return "Every run is trained from its first step; sharing is turned off.";
        return saved == 0
            ? "No two runs begin alike; every run is trained from its first step."
            : string.Create(CultureInfo.InvariantCulture,
                $"Runs that begin alike share stages: {Numbers.Count(stages, "stage")} with {Numbers.Count(steps, "step")}, {100.0 * saved / plan.TotalSteps:0.#}% fewer.");
    }

    /// <summary><c>1,200 steps come from sweep quickstart (1); 600 steps are left to train.</c></summary>
    public static string Earlier(EarlierWork work) =>
        $"{string.Join(", ", work.Sweeps.Select(sweep => $"{Numbers.Count(sweep.Steps, "step")} come from sweep {sweep.Name} ({sweep.Id})"))}; "
        + $"{Numbers.Count(work.Plan.Tree.Steps, "step")}{(work.Plan.IsOpen ? " of those known" : "")} {(work.Plan.Tree.Steps == 1 ? "is" : "are")} left to train.";

    /// <summary><c>A nightly job, 0 2 * * * in Europe/Paris; the next nights: Mon 2 Mar 2026 02:00, Tue 3 Mar 2026 02:00, Wed 4 Mar 2026 02:00.</c></summary>
    public static string Nights(NightlySchedule schedule, DateTimeOffset now) =>
        $"A nightly job, {schedule.Cron} in {schedule.TimeZone}; the next nights: {string.Join(", ", Next(schedule, now).Select(Time))}.";

    /// <summary>The next nights.</summary>
    public static IReadOnlyList<DateTimeOffset> Next(NightlySchedule schedule, DateTimeOffset now)
    {
        var nights = new List<DateTimeOffset>();
        for (var night = now; nights.Count < NightsShown;) nights.Add(night = schedule.Next(night));
        return nights;
    }

    /// <summary>When a night begins: <c>Mon 2 Mar 2026 02:00</c>, in the zone that the time is in.</summary>
    public static string Time(DateTimeOffset night) => night.ToString("ddd d MMM yyyy HH:mm", CultureInfo.InvariantCulture);

    /// <summary>What who trains a file with a schedule by hand may not expect; null for a file without one.</summary>
    public static string? Once(SweepSpec spec, string path) =>
        spec.Schedule is null ? null : $"{path} has a schedule: it is trained once, now. `sweeps nightly add {path}` trains it each night.";
}
