using System.Diagnostics;
using System.Globalization;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Benchmarks;

/// <summary>Reading, checking and planning a sweep file of 100,000 configurations, each time in a fresh process.</summary>
internal static class Planning
{
    private const int Rounds = 5;

    private const string Grid = """
        name: large
        method: grid
        parameters:
          data: {value: grammar}
          attention_heads: {value: 2}
          width: {value: 64}
          context: {value: 64}
          batch_size: {value: 8}
          steps: {value: 400}
          loss_weights: {value: "[1, 0.5, 0.25, 0.125] -> [1, 0.5->0, 0.25->0, 0.125->0] -> [1]"}
          heads: {values: [1, 2, 4, 8, 16]}
          untie_at: {values: [never, 0.25, 0.5, 2/3]}
          layers: {min: 1, max: 5}
          dropout: {values: [0, 0.1]}
          optimizer:
            parameters:
              beta1: {values: [0.8, 0.85, 0.9, 0.95]}
              beta2: {values: [0.9, 0.95, 0.98, 0.99, 0.999]}
              learning_rate: {distribution: q_uniform, min: 0.0001, max: 0.0026, q: 0.0001}
        """;

    internal static int Run()
    {
        Measured.Header("100,000 configurations", "median", "slowest");
        var ok = true;
        foreach (var (name, what) in new[] { ("grid", "planned by grid"), ("skip", "planned by grid with skip"), ("random", "drawn at random") })
        {
            var rounds = Enumerable.Range(0, Rounds).Select(_ => Measured.Run(Environment.ProcessPath!, ["plan-child", name], [])).ToList();
            ok &= Row($"{what} (s)", [.. rounds.Select(round => round.GetProperty("seconds").GetDouble())], 2);
            Row("  processor time (s)", [.. rounds.Select(round => round.GetProperty("cpu").GetDouble())], 2);
            ok &= Row("  peak resident memory (MB)", [.. rounds.Select(round => round.GetProperty("peak").GetDouble())], 500);
        }
        return ok ? 0 : 1;
    }

    /// <summary>The first so many configurations of the grid.</summary>
    internal static string Capped(int configurations) => $"{Grid}\nrun_cap: {configurations.ToString(CultureInfo.InvariantCulture)}\n";

    /// <summary>One measured process; prints JSON.</summary>
    internal static string Child(string name)
    {
        var file = name switch
        {
            "grid" => Grid,
            // Twice as many combinations, of which half are left out.
            "skip" => Grid + "\n  bias: {values: [no, yes]}\nskip: [bias and heads >= 1]\n",
            _ => Grid.Replace("method: grid", "method: random\nrun_cap: 100000", StringComparison.Ordinal)
                .Replace("q_uniform, min: 0.0001, max: 0.0026, q: 0.0001", "log_uniform_values, min: 0.0001, max: 0.0026", StringComparison.Ordinal),
        };
        var started = Stopwatch.GetTimestamp();
        var plan = SweepPlan.Of(SweepFile.Parse(file, "large.yaml"));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (plan.Configurations.Length != 100_000) throw new InvalidOperationException($"There are {plan.Configurations.Length} configurations.");
        using var process = Process.GetCurrentProcess();
        return FormattableString.Invariant($"{{\"seconds\": {seconds:F3}, \"cpu\": {process.TotalProcessorTime.TotalSeconds:F3}, \"peak\": {process.PeakWorkingSet64 / 1e6:F1}}}");
    }

    private static bool Row(string what, List<double> rounds, double bound)
    {
        var median = Measured.Median(rounds);
        return Measured.Row(what, Text(median), Text(rounds.Max()), median, bound);

        static string Text(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
    }
}
