using System.Diagnostics;
using System.Globalization;
using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Head;
using Sweeps.Results;
using Sweeps.Results.Plans;

namespace Benchmarks;

/// <summary>
/// Answers of a head over HTTP: about a sweep of 1,000 runs with 1,000 points each, and the list of 2,000 sweeps. Nothing is trained. Every answer is
/// cold: the head has just begun and has read nothing of that sweep; what its code does was done before for a small one.
/// </summary>
internal static class Api
{
    private const int Rounds = 3;
    private const int Sweeps = 2000;
    private const int Seeds = 4;
    private const int Points = 1000;

    private static readonly (string What, string Name, string Path, double? Bound)[] Answers =
    [
        ("a page of 500 of 2,000 sweeps", "list", "/api/sweeps?limit=500", 500),
        ("of 1,000 runs x 1,000 points: curves of the runs", "runs", "/api/sweeps/{0}/curves?by=run", 1000),
        ("  curves of the 250 configurations, with bands", "curves", "/api/sweeps/{0}/curves", 1000),
        ("  verdict", "verdict", "/api/sweeps/{0}/verdict", 1000),
        ("  importance of the parameters", "importance", "/api/sweeps/{0}/importance", 1000),
        ("  efficiency at the target and against it", "efficiency", "/api/sweeps/{0}/efficiency", 1000),
        ("  chart of the loss", "loss", "/api/sweeps/{0}/charts/loss.svg", 1000),
        ("  chart of the efficiency against the target", "targets", "/api/sweeps/{0}/charts/targets.svg", 1000),
    ];

    internal static int Run()
    {
        Measured.Header("the head's API, answers that it has not given before (ms)", "median", "processor");
        var rounds = Enumerable.Range(0, Rounds).Select(_ => Measured.Run(Environment.ProcessPath!, ["api-child"], [])).ToArray();
        var ok = true;
        foreach (var (what, name, _, bound) in Answers) ok &= Row(what, name, bound);
        Row("  all of these at once", "page", null);
        var peak = Measured.Median(rounds.Select(round => round.GetProperty("peak").GetDouble()));
        Measured.Row("peak resident memory (MB)", Text(peak), "", peak, null);
        return ok ? 0 : 1;

        bool Row(string what, string name, double? bound)
        {
            var values = rounds.Select(round => round.GetProperty(name).GetDouble()).ToArray();
            var median = Measured.Median(values);
            return Measured.Row(what, Text(median), Text(Measured.Median(rounds.Select(round => round.GetProperty(name + "_cpu").GetDouble()))), median, bound);
        }
    }

    /// <summary>One measured process; prints JSON: milliseconds of each answer until its last byte has come, and of processor time until then.</summary>
    internal static async Task<string> ChildAsync()
    {
        var home = Directory.CreateTempSubdirectory("sweeps-api-");
        try
        {
            long large, small;
            await using (var store = await ResultsStore.OpenAsync(Path.Combine(home.FullName, "sweeps.db")))
            {
                for (var i = 0; i < Sweeps - 2; i++) await AddAsync(store, Yaml($"listed-{i}", rates: 2, decays: 1, steps: 10));
                small = await AddAsync(store, Yaml("small", rates: 3, decays: 2, steps: 50));
                large = await AddAsync(store, Yaml("large", rates: 25, decays: 10, steps: Points));
            }
            var times = new Dictionary<string, double>();
            foreach (var (_, name, path, _) in Answers) (times[name], times[name + "_cpu"]) = await ColdAsync(home.FullName, small, large, [path]);
            (times["page"], times["page_cpu"]) = await ColdAsync(home.FullName, small, large, [.. Answers.Skip(1).Select(answer => answer.Path)]);
            using var process = Process.GetCurrentProcess();
            times["peak"] = process.PeakWorkingSet64 / 1e6;
            return $"{{{string.Join(", ", times.Select(time => FormattableString.Invariant($"\"{time.Key}\": {time.Value:F1}")))}}}";
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    /// <summary>Milliseconds that a new head takes to answer all of these at once.</summary>
    private static async Task<(double Wall, double Processor)> ColdAsync(string home, long small, long large, string[] paths)
    {
        await using var head = await HeadHost.StartAsync(new HeadOptions { Home = home, DataDirectory = Path.Combine(home, "data") });
        using var http = new HttpClient { BaseAddress = head.Url };
        http.DefaultRequestHeaders.Add("Accept-Encoding", "gzip, deflate, br, zstd"); // as browsers do
        foreach (var path in paths) await GetAsync(path, small);
        using var process = Process.GetCurrentProcess();
        var (processor, started) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        await Task.WhenAll(paths.Select(path => GetAsync(path, large)));
        var wall = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        process.Refresh();
        return (wall, (process.TotalProcessorTime - processor).TotalMilliseconds);

        Task<byte[]> GetAsync(string path, long sweep) => http.GetByteArrayAsync(string.Format(CultureInfo.InvariantCulture, path, sweep));
    }

    private static async Task<long> AddAsync(ResultsStore store, string yaml)
    {
        var spec = SweepFile.Parse(yaml, "api.yaml");
        var plan = SweepPlan.Of(spec);
        var id = await store.ImportSweepAsync(NewSweep.Of(spec, plan) with { IsSearching = false }, [.. plan.Runs.Select(run => Trained(spec, plan, run))]);
        // Else the head would be about to judge them.
        await store.SetAnswerAsync(id, "", """{"configurations": [{"index": 0, "label": "one", "mean": 1.5, "n": 4}]}""");
        return id;
    }

    /// <summary>Noisy losses that depend on the parameters, and what the built-in trainer tells with each; the seconds are as irregular as measured ones.</summary>
    private static MeasuredRun Trained(SweepSpec spec, SweepPlan plan, PlannedRun run)
    {
        var parameters = plan.Configurations[run.ConfigurationIndex].Parameters;
        var (rate, decay) = (Math.Log10(Number("learning_rate")) + 2.5, Number("weight_decay"));
        var (random, end, seconds) = (new Random((1000 * run.ConfigurationIndex) + run.Seed), 1.5 + (0.2 * rate * rate) + (0.5 * decay), 0.0);
        var points = new List<MetricPoint>();
        for (var step = 1; step <= (int)Number("steps"); step++)
        {
            seconds += 0.1 + (0.01 * random.NextDouble());
            points.Add(new(spec.Metric.Name, step, end + (3 / Math.Sqrt(step)) + (0.1 * random.NextDouble()), 12_288L * step, seconds));
            points.Add(new(ModelFlops.Metric, step, 1e9 * step, 12_288L * step, seconds));
        }
        return new([.. points]);

        double Number(string name) => parameters[name].AsDouble!.Value;
    }

    private static string Yaml(string name, int rates, int decays, int steps) => string.Create(CultureInfo.InvariantCulture,
        $$"""
        name: {{name}}
        method: grid
        metric: {name: val_loss, goal: minimize, target: 2}
        parameters:
          data: {value: grammar}
          steps: {value: {{steps}}}
          warmup_steps: {value: 5}
          decay_steps: {value: {{steps}}}
          eval_every: {value: 1}
          learning_rate: {values: [{{string.Join(", ", Enumerable.Range(1, rates).Select(i => (0.0004 * i).ToString("0.0000", CultureInfo.InvariantCulture)))}}]}
          weight_decay: {values: [{{string.Join(", ", Enumerable.Range(0, decays).Select(i => (0.02 * i).ToString("0.00", CultureInfo.InvariantCulture)))}}]}
        seeds: {{Seeds}}
        """);

    private static string Text(double value) => value.ToString("F0", CultureInfo.InvariantCulture);
}
