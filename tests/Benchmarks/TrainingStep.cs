using System.Diagnostics;
using System.Globalization;
using Sweeps.Core;
using Sweeps.Core.Gpt;
using Sweeps.Training;
using TorchSharp;

namespace Benchmarks;

/// <summary>
/// Training steps of the built-in trainer in a process of their own; the same work as pytorch/nanogpt_step.py. Arguments are
/// <c>threads=N</c>, <c>warmup=N</c>, <c>measured=N</c>, and parameters of the trainer as a sweep file has them.
/// </summary>
internal static class TrainingStep
{
    private const int Tokens = 200_000;

    internal static string Run(IEnumerable<string> arguments)
    {
        var given = arguments.Select(argument => argument.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        torch.set_num_threads(Take("threads"));
        var (warmup, measured) = (Take("warmup"), Take("measured"));
        var data = Path.Combine(Path.GetTempPath(), $"sweeps-benchmark-{Environment.ProcessId}.bin");
        try
        {
            WriteTokens(data, int.Parse(given["vocabulary"], CultureInfo.InvariantCulture));
            var parameters = given.ToDictionary(pair => pair.Key, pair => Value(pair.Value));
            parameters["data"] = ParameterValue.Of("tokens:" + data);
            parameters["steps"] = ParameterValue.Of(100_000);
            using var trainer = new Trainer(TrainingOptions.FromParameters(parameters, seed: 1), Path.GetTempPath());
            return Measure(trainer, warmup, measured);
        }
        finally
        {
            File.Delete(data);
        }

        int Take(string name)
        {
            given.Remove(name, out var value);
            return int.Parse(value!, CultureInfo.InvariantCulture);
        }
    }

    private static string Measure(Trainer trainer, int warmup, int measured)
    {
        var times = new List<double>();
        double loss = 0;
        for (var i = 0; i < warmup + measured; i++)
        {
            var started = Stopwatch.GetTimestamp();
            (loss, _, _) = trainer.TrainStep();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        var peak = double.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(':')[1].Replace("kB", ""), CultureInfo.InvariantCulture) / 1024;
        return FormattableString.Invariant($"{{\"ms\": {Measured.Median(times.Skip(warmup)):F3}, \"fastest_ms\": {times.Skip(warmup).Min():F3}, \"loss\": {loss:F4}, \"peak_mib\": {peak:F1}}}");
    }

    private static ParameterValue Value(string text) =>
        long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? ParameterValue.Of(number) : ParameterValue.Of(text);

    private static void WriteTokens(string path, int vocabulary)
    {
        var random = new Random(1);
        var tokens = new byte[Tokens * sizeof(ushort)];
        for (var i = 0; i < Tokens; i++) BitConverter.TryWriteBytes(tokens.AsSpan(i * sizeof(ushort)), (ushort)random.Next(vocabulary));
        File.WriteAllBytes(path, tokens);
    }
}
