using System.Globalization;
using Sweeps.Core.Gpt;

namespace Benchmarks;

/// <summary>
/// Training step and memory against PyTorch doing the same work: the same model, shapes and threads on the same machine. PyTorch runs as
/// it comes, with the fastest of its thread settings, and for information in the workers' environment as well.
/// </summary>
internal static class AgainstPyTorch
{
    internal const string Python = "/usr/bin/python3";   // the distribution's, whose torch is the libtorch that we use
    private const string Ours = "sweeps fp32", OursHalf = "sweeps bf16", Theirs = "PyTorch fp32", TheirsHalf = "PyTorch autocast", TheirsInOurs = "PyTorch fp32, our environment";

    // PyTorch's thread settings: each is tried, the fastest is what we are compared with. OpenBLAS has threads of its own, as many as there
    // are cores unless it is told otherwise: with one thread it must be told, or PyTorch computes its products with two.
    private static readonly (string Name, string? Value)[][] Settings =
    [
        [("OPENBLAS_NUM_THREADS", "{threads}")],
        [("OPENBLAS_NUM_THREADS", "{threads}"), ("OMP_NUM_THREADS", "{threads}")],
        [("OPENBLAS_NUM_THREADS", "{threads}"), ("OMP_WAIT_POLICY", "passive")],
        [("OPENBLAS_NUM_THREADS", "{threads}"), ("OMP_NUM_THREADS", "{threads}"), ("OMP_WAIT_POLICY", "passive")],
    ];

    internal static bool Run() =>
        Compare("nanoGPT's CPU configuration", Shape.NanoGpt, threads: 2, rounds: 7, (0.8, 0.5, 0.9)) &
        Compare("nanoGPT's CPU configuration", Shape.NanoGpt, threads: 1, rounds: 5, (1, 1, 1));

    internal static bool RunLarger() => Compare("a larger model", Shape.Larger, threads: 2, rounds: 5, (0.95, 0.4, 0.95));

    private static bool Compare(string title, Shape shape, int threads, int rounds, (double Fp32, double HalfToFp32, double HalfToAutocast) bounds)
    {
        var single = Fastest(shape, threads);
        var half = Fastest(shape, threads, "--autocast");
        Measured.Header($"{title}, {shape}, threads: {threads} (ms a step)");
        var contest = new Contest(rounds,
            new(Ours, () => Sweeps(shape, threads)),
            new(Theirs, () => PyTorch(shape, threads, single)),
            new(OursHalf, () => Sweeps(shape, threads, "precision=bf16")),
            new(TheirsHalf, () => PyTorch(shape, threads, half, "--autocast")),
            new(TheirsInOurs, () => PyTorch(shape, threads, WorkerSettings.Of(threads))));
        var ok = contest.Row("ms", Ours, Theirs, bounds.Fp32);
        ok &= contest.Row("ms", OursHalf, Theirs, bounds.HalfToFp32);
        ok &= contest.Row("ms", OursHalf, TheirsHalf, bounds.HalfToAutocast);
        contest.Row("ms", Ours, TheirsInOurs, bound: null);
        ok &= contest.Row("peak_mib", Ours, Theirs, 1);
        ok &= contest.Row("peak_mib", OursHalf, TheirsHalf, 1);
        Console.WriteLine($"  PyTorch's fastest settings: {Text(single)}; with autocast: {Text(half)}");
        return ok;

        static string Text(IEnumerable<(string Name, string? Value)> settings) => string.Join(' ', settings.Select(s => $"{s.Name}={s.Value}"));
    }

    internal static System.Text.Json.JsonElement Sweeps(Shape shape, int threads, params IEnumerable<string> parameters) =>
        Measured.Run(Environment.ProcessPath!, ["child", .. shape.ForSweeps(threads), .. parameters], WorkerSettings.Of(threads, parameters.Contains("precision=bf16") ? Precision.Bf16 : Precision.Fp32));

    /// <summary>The fastest of PyTorch's thread settings for a model.</summary>
    internal static (string Name, string? Value)[] Fastest(Shape shape, int threads, params string[] arguments) => Settings
        .Select(s => s.Select(v => (v.Name, v.Value?.Replace("{threads}", threads.ToString(CultureInfo.InvariantCulture)))).ToArray())
        .MinBy(s => PyTorch(shape, threads, s, arguments).GetProperty("ms").GetDouble())!;

    private static System.Text.Json.JsonElement PyTorch(Shape shape, int threads, IEnumerable<(string Name, string? Value)> settings, params IEnumerable<string> arguments) =>
        Measured.Run(Python, [Path.Combine(AppContext.BaseDirectory, "pytorch", "nanogpt_step.py"), .. shape.ForPyTorch(threads), .. arguments], settings);
}
