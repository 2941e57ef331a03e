using System.Diagnostics;
using System.Globalization;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Benchmarks;

/// <summary>Seconds to plan the largest sweep that there may be: configurations, runs and the stages that they share.</summary>
internal static class Planning
{
    private const int Rounds = 5;

    internal static int Run()
    {
        var spec = SweepFile.Parse(
            $$"""
            method: random
            run_cap: {{SweepFile.MostConfigurations}}
            parameters:
              untie_at: {values: [never, 0.25, 0.5, 0.75]}
              loss_weights: {values: ["[1]", "[1, 0.5]", "[1, 0.5, 0.25->0] -> [1, 0.5->0] -> [1]"]}
              heads: {values: [1, 2, 3, 4]}
              steps: {values: [1000, 2000]}
              learning_rate: {min: 0.0001, max: 0.01}
            """, "plan.yaml");
        var seconds = Enumerable.Range(0, Rounds + 1).Select(_ => Once(spec)).Skip(1).ToList();
        var median = Measured.Median(seconds);
        Measured.Header("100,000 configurations", "median", "slowest");
        return Measured.Row("configurations, runs and stages (s)", Text(median), Text(seconds.Max()), median, 2.0) ? 0 : 1;

        static string Text(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
    }

    private static double Once(SweepSpec spec)
    {
        var started = Stopwatch.GetTimestamp();
        GC.KeepAlive(SweepPlan.Of(spec));
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
