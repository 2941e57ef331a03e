using System.Globalization;

namespace Benchmarks;

/// <summary>Training step and memory against PyTorch doing the same work: the same model, shapes and threads on the same machine.</summary>
internal static class AgainstPyTorch
{
    private const int Rounds = 7;
    private const string Python = "/usr/bin/python3";   // the distribution's, whose torch is the libtorch that we use

    // PyTorch's thread settings: each is tried, the fastest is what we are compared with. OpenBLAS has threads of its own, as many as there
    // are cores unless it is told otherwise: with one thread it must be told, or PyTorch computes its products with two.
    private static readonly (string Name, string? Value)[][] Settings =
    [
        [("OPENBLAS_NUM_THREADS", "{threads}")],
        [("OPENBLAS_NUM_THREADS", "{threads}"), ("OMP_NUM_THREADS", "{threads}")],
        [("OPENBLAS_NUM_THREADS", "{threads}"), ("OMP_WAIT_POLICY", "passive")],
        [("OPENBLAS_NUM_THREADS", "{threads}"), ("OMP_NUM_THREADS", "{threads}"), ("OMP_WAIT_POLICY", "passive")],
    ];

    internal static int Run()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "pytorch", "nanogpt_step.py");
        Measured.Header("nanoGPT's CPU configuration, fp32", "sweeps", "PyTorch");
        var ok = true;
        foreach (var threads in new[] { "2", "1" })
        {
            string[] arguments = ["--threads", threads, "--steps", "60"];
            var settings = Settings.Select(s => s.Select(v => (v.Name, v.Value?.Replace("{threads}", threads))).ToArray()).ToArray();
            var best = settings.MinBy(s => Measured.Median(Enumerable.Range(0, 1)
                .Select(_ => Measured.Run(Python, [script, .. arguments], s).GetProperty("ms").GetDouble())))!;
            List<double> ourTimes = [], theirTimes = [], ourMemory = [], theirMemory = [];
            for (var round = 0; round < Rounds; round++)
            {
                var ours = Measured.Run(Environment.ProcessPath!, ["child", .. arguments], WorkerSettings.Of(int.Parse(threads, CultureInfo.InvariantCulture)));
                var theirs = Measured.Run(Python, [script, .. arguments], best!);
                ourTimes.Add(ours.GetProperty("ms").GetDouble());
                theirTimes.Add(theirs.GetProperty("ms").GetDouble());
                ourMemory.Add(ours.GetProperty("peak_mib").GetDouble());
                theirMemory.Add(theirs.GetProperty("peak_mib").GetDouble());
            }
            ok &= Row($"step, threads: {threads} (ms)", ourTimes, theirTimes);
            ok &= Row("  peak resident memory (MiB)", ourMemory, theirMemory);
            Console.WriteLine($"  PyTorch's fastest settings: {string.Join(' ', best.Select(s => $"{s.Name}={s.Item2}"))}");
        }
        return ok ? 0 : 1;
    }

    private static bool Row(string what, List<double> ours, List<double> theirs)
    {
        var (a, b) = (Measured.Median(ours), Measured.Median(theirs));
        return Measured.Row(what, a.ToString("F2", CultureInfo.InvariantCulture), b.ToString("F2", CultureInfo.InvariantCulture), a / b, 1.0);
    }
}
