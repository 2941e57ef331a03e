using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using Sweeps.Core.Protocol;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;
using Sweeps.Results.Plans;

namespace Benchmarks;

/// <summary>
/// Stages claimed and completed through the grains and a database on the disk, as agents and workers do it: a machine with one slot syncs,
/// its worker reports a checkpoint and its end, the machine syncs again. Nothing is trained. Each figure is of a fresh process and database.
/// </summary>
internal static class Claims
{
    private const int Rounds = 3;

    internal static int Run()
    {
        Measured.Header("claim and complete", "median", "worst");
        var busy = Several(configurations: 100_000, machines: 64, cycles: 10_000);
        var rates = Values(busy, "rate");
        var ok = Measured.Row("seconds for 1,000 cycles, 64 machines, 100,000 runs", Text(1000 / Measured.Median(rates)), Text(1000 / rates.Min()), 1000 / Measured.Median(rates), 1.0);
        var stored = Values(busy, "store");
        Measured.Row("seconds to store 100,000 configurations", Text(Measured.Median(stored)), Text(stored.Max()), Measured.Median(stored), null);
        Measured.Row("  to count how far it is", Text(Measured.Median(Values(busy, "list"))), Text(Values(busy, "list").Max()), Measured.Median(Values(busy, "list")), null);
        Measured.Row("  to read the table of its runs", Text(Measured.Median(Values(busy, "table"))), Text(Values(busy, "table").Max()), Measured.Median(Values(busy, "table")), null);
        var (few, many) = (Several(configurations: 1_000, machines: 8, cycles: 800), Several(configurations: 100_000, machines: 8, cycles: 800));
        var (fewer, more) = (Values(few, "median"), Values(many, "median"));
        Measured.Row("  a claim among 1,000 configurations (ms)", Text(Measured.Median(fewer)), Text(Values(few, "p99").Max()), Measured.Median(fewer), null);
        Measured.Row("  a claim among 100,000 configurations (ms)", Text(Measured.Median(more)), Text(Values(many, "p99").Max()), Measured.Median(more), null);
        var ratio = Measured.Median(more) / Measured.Median(fewer);
        ok &= Measured.Row("claim among 100,000 against 1,000 (ratio)", Text(ratio), "", ratio, 1.5);
        return ok ? 0 : 1;
    }

    /// <summary>One measured process; prints JSON: cycles a second, milliseconds of a sync that claims, seconds to store the sweep and to read it.</summary>
    internal static async Task<string> ChildAsync(int configurations, int machines, int cycles)
    {
        var directory = Directory.CreateTempSubdirectory("sweeps-claims-");
        try
        {
            var spec = SweepFile.Parse(Planning.Capped(configurations), "large.yaml");
            var sweep = NewSweep.Of(spec, SweepPlan.Of(spec));
            await using var store = await ResultsStore.OpenAsync(Path.Combine(directory.FullName, "sweeps.db"));
            using var process = Process.GetCurrentProcess();
            var processor = process.TotalProcessorTime;
            var started = Stopwatch.GetTimestamp();
            var id = await store.CreateSweepAsync(sweep);
            var (seconds, storing) = (Stopwatch.GetElapsedTime(started).TotalSeconds, Since(processor));
            using var host = await StartAsync(store);
            var grains = host.Services.GetRequiredService<IGrainFactory>();
            await grains.GetGrain<ISweepGrain>(id).Start();
            var left = cycles;
            // Until everything is compiled and all machines are known.
            await Task.WhenAll(Enumerable.Range(0, machines).Select(machine => WorkAsync(store, grains, $"machine-{machine}", [], () => false)));

            var claims = new List<double>[machines];
            processor = Since(TimeSpan.Zero);
            started = Stopwatch.GetTimestamp();
            await Task.WhenAll(claims.Select((_, machine) => Task.Run(() =>
                WorkAsync(store, grains, $"machine-{machine}", claims[machine] = [], () => Interlocked.Decrement(ref left) > 0))));
            var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var cycling = Since(processor);
            var all = claims.SelectMany(times => times).Order().ToArray();
            await host.StopAsync();
            var list = await SecondsAsync(() => store.Queries.SweepsAsync());
            var table = await SecondsAsync(() => store.Queries.RunsAsync(id));
            var curves = await SecondsAsync(() => store.Queries.CurvesAsync(id, spec.Metric.Name));
            return FormattableString.Invariant(
                $$"""{"rate": {{all.Length / elapsed:F1}}, "median": {{Measured.Median(all):F3}}, "p99": {{all[all.Length * 99 / 100]:F3}}, "cpu_ms_per_cycle": {{cycling.TotalMilliseconds / all.Length:F3}}, "store": {{seconds:F3}}, "store_cpu": {{storing.TotalSeconds:F3}}, "list": {{list:F3}}, "table": {{table:F3}}, "curves": {{curves:F3}}, "peak": {{process.PeakWorkingSet64 / 1e6:F0}}}""");

            TimeSpan Since(TimeSpan before)
            {
                process.Refresh();
                return process.TotalProcessorTime - before;
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>What one machine does, one stage after the other; adds the milliseconds of each claim.</summary>
    private static async Task WorkAsync(ResultsStore store, IGrainFactory grains, string machine, List<double> claims, Func<bool> goesOn)
    {
        var ended = new List<WorkerEnding>();
        var (life, reports) = (Guid.NewGuid().ToString("N"), 0L);
        var agent = grains.GetGrain<IMachineGrain>(machine);
        do
        {
            var started = Stopwatch.GetTimestamp();
            var orders = await agent.Sync(new MachineReport("[]", [0], [], [.. ended], life, ++reports));
            claims.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (orders.Start is not [var order]) throw new InvalidOperationException($"{orders.Start.Length} stages were given to one slot.");
            // As the API does it: each request is first matched with the attempt whose token it has.
            if (!await HasTokenAsync(store, order)) throw new InvalidOperationException("The token is not the attempt's.");
            await store.RecordCheckpointAsync(order.StageId, order.Number, new CheckpointNotice(order.ToStep, $"{machine}/{order.StageId}", "00", 1));
            await HasTokenAsync(store, order);
            var stage = (await store.Queries.StageAsync(order.StageId))!;
            if (!await grains.GetGrain<ISweepGrain>(stage.SweepId).AttemptEnded(new AttemptEnding(order.StageId, order.Number, AttemptOutcome.Completed, order.ToStep, null)))
                throw new InvalidOperationException("The completion was refused.");
            ended = [new WorkerEnding(new AttemptKey(order.StageId, order.Number), WorkerExitCode.Completed, false, "")];
        }
        while (goesOn());
        await agent.Sync(new MachineReport("[]", [], [], [.. ended], life, ++reports));
    }

    private static async Task<double> SecondsAsync(Func<Task> read)
    {
        var started = Stopwatch.GetTimestamp();
        await read();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<bool> HasTokenAsync(ResultsStore store, StageOrder order) =>
        await store.Queries.AttemptAsync(order.StageId, order.Number) is { } attempt && AttemptToken.Fits(order.Token, attempt);

    private static async Task<IHost> StartAsync(ResultsStore store)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new LeaseOptions());
        builder.UseOrleans(silo => silo.UseLocalhostClustering());
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static System.Text.Json.JsonElement[] Several(int configurations, int machines, int cycles) =>
        [.. Enumerable.Range(0, Rounds).Select(_ => Measured.Run(Environment.ProcessPath!, ["claims-child", $"{configurations}", $"{machines}", $"{cycles}"], []))];

    private static double[] Values(System.Text.Json.JsonElement[] rounds, string name) => [.. rounds.Select(round => round.GetProperty(name).GetDouble())];

    private static string Text(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
