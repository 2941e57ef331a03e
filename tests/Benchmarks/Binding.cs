using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace Benchmarks;

/// <summary>What a call of an operator costs more than the same call from C++ (binding/add.cpp, built here with g++).</summary>
internal static class Binding
{
    private const int Calls = 200_000, Rounds = 9;

    internal static int Run()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "binding", "add.cpp");
        var program = Path.Combine(Path.GetTempPath(), $"sweeps-binding-{Environment.ProcessId}");
        using (var compiler = Process.Start("g++", ["-std=c++17", "-O2", source, "-o", program, "-ltorch_cpu", "-lc10"]))
        {
            compiler.WaitForExit();
            if (compiler.ExitCode != 0) throw new InvalidOperationException("add.cpp does not compile.");
        }
        set_num_threads(1);
        List<double> ours = [], theirs = [];
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(Nanoseconds());
            theirs.Add(Measured.Run(program, [Calls.ToString(CultureInfo.InvariantCulture)], []).GetProperty("ns").GetDouble());
        }
        File.Delete(program);
        var (a, b) = (Measured.Median(ours), Measured.Median(theirs));
        Measured.Header("add of two tensors of 4 elements", "sweeps", "C++");
        return Measured.Row("ns a call; figure: µs more", Text(a), Text(b), (a - b) / 1000, 1.0) ? 0 : 1;

        static string Text(double value) => value.ToString("F0", CultureInfo.InvariantCulture);
    }

    private static double Nanoseconds()
    {
        using var off = no_grad();
        using var x = ones([4]);
        using var y = ones([4]);
        for (var i = 0; i < 50_000; i++) x.add(y).Dispose();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Calls; i++) x.add(y).Dispose();
        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / Calls;
    }
}
