using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Benchmarks;

/// <summary>
/// A real head with its database, <c>sweeps serve --no-agent</c>, and many simulated agents of 8 slots each in this process: how long it takes them to
/// come and to get work for every slot, and what a minute of their steady life costs. Agents and head share this machine's cores.
/// </summary>
internal static class Agents
{
    private const int Slots = 8;
    private const int SettleSeconds = 20;

    internal static async Task<int> RunAsync(int agents, int seconds)
    {
        var home = Directory.CreateTempSubdirectory("sweeps-agents-");
        using var process = StartHead(home.FullName);
        try
        {
            var head = await UrlOfAsync(process);
            using (var wire = await Wire.ConnectAsync(head))
                await wire.PostAsync("/api/sweeps", Encoding.UTF8.GetBytes(Planning.Capped(50_000)), type: "application/yaml");
            using var stop = new CancellationTokenSource();
            var all = Enumerable.Range(0, agents).Select(index => new SimulatedAgent(head, $"machine-{index:D4}", Slots, new Random(index))).ToArray();

            Measured.Header($"{agents} agents with {Slots} slots each", "p50", "p99");
            var (started, before) = (Stopwatch.GetTimestamp(), Usage.Of(process));
            // In the order of their phases, as they would report when each had begun at any time.
            var lives = all.Select((agent, index) => Task.Run(async () =>
            {
                await Task.Delay(TimeSpan.FromSeconds((double)index / agents));
                await agent.RunAsync(stop.Token);
            })).ToArray();
            while (all.Sum(agent => agent.Busy) < agents * Slots) await LetLiveAsync(lives, TimeSpan.FromMilliseconds(50));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"all {agents * Slots} slots have work after {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s, {Usage.Of(process).Since(before)}"));
            Answers("  a sync while they come (ms)", all.SelectMany(agent => agent.Take().Syncs), null);

            await LetLiveAsync(lives, TimeSpan.FromSeconds(SettleSeconds));
            foreach (var agent in all) agent.Take();
            (started, before) = (Stopwatch.GetTimestamp(), Usage.Of(process));
            var (own, completed) = (Usage.Of(Process.GetCurrentProcess()), all.Sum(agent => agent.Completed));
            await LetLiveAsync(lives, TimeSpan.FromSeconds(seconds));
            var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var used = Usage.Of(process).Since(before);
            var client = Usage.Of(Process.GetCurrentProcess()).Since(own);
            var taken = all.Select(agent => agent.Take()).ToArray();
            var (syncs, posts) = (taken.SelectMany(one => one.Syncs).ToArray(), taken.SelectMany(one => one.Posts).ToArray());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"a second of it: {syncs.Length / elapsed:F0} syncs, {posts.Length / elapsed:F0} batches of points, {(all.Sum(agent => agent.Completed) - completed) / elapsed:F0} stages completed and claimed; {all.Sum(agent => agent.Busy)} slots busy"));
            var ok = Answers("a sync (ms)", syncs, 200);
            Answers("  a batch of points (ms)", posts, null);
            ok &= Measured.Row("processor cores of the head", "", "", used.Seconds / elapsed, 1);
            Measured.Row("  of the agents", "", "", client.Seconds / elapsed, null);
            Measured.Row("  resident memory of the head (MB)", "", "", used.Memory / 1e6, null);
            await stop.CancelAsync();
            if (process.HasExited) throw new InvalidOperationException($"The head ended with {process.ExitCode}.");
            return ok ? 0 : 1;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            home.Delete(recursive: true);
        }
    }

    /// <summary>Waits; agents do not end meanwhile, unless something has failed.</summary>
    private static async Task LetLiveAsync(Task[] lives, TimeSpan time)
    {
        var wait = Task.Delay(time);
        var first = await Task.WhenAny([wait, .. lives]);
        await first;
        if (first != wait) throw new InvalidOperationException("An agent has ended.");
    }

    private static bool Answers(string what, IEnumerable<double> milliseconds, double? bound)
    {
        var sorted = milliseconds.Order().ToArray();
        var (median, p99) = (sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100]);
        return Measured.Row($"{what}; at most {sorted[^1]:F0}", median.ToString("F1", CultureInfo.InvariantCulture), p99.ToString("F1", CultureInfo.InvariantCulture), p99, bound);
    }

    private static Process StartHead(string home)
    {
        var sweeps = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Sweeps.Cli", "release", "sweeps.dll"));
        var head = Process.Start(new ProcessStartInfo("dotnet", [sweeps, "serve", "--no-agent", "--port", "0", "--home", home]) { RedirectStandardError = true })!;
        // An exception that nobody catches leaves no time for a finally.
        AppDomain.CurrentDomain.UnhandledException += (_, _) => head.Kill();
        return head;
    }

    private static async Task<Uri> UrlOfAsync(Process head)
    {
        var line = await head.StandardError.ReadLineAsync() ?? throw new InvalidOperationException("The head did not start.");
        _ = head.StandardError.BaseStream.CopyToAsync(Console.OpenStandardError());
        return new Uri(line.Split(" at ")[^1].Split(',')[0]);
    }

    /// <summary>Processor time of a process until now, and its memory.</summary>
    private sealed record Usage(double Seconds, long Memory)
    {
        public static Usage Of(Process process)
        {
            process.Refresh();
            return new(process.TotalProcessorTime.TotalSeconds, process.WorkingSet64);
        }

        public Usage Since(Usage before) => this with { Seconds = Seconds - before.Seconds };

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Seconds:F1} s of processor time, {Memory / 1e6:F0} MB");
    }
}
