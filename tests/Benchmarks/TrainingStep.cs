using System.Diagnostics;
using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Training;
using TorchSharp;

namespace Benchmarks;

/// <summary>Training steps of the built-in trainer; the same work as pytorch/nanogpt_step.py, with the same arguments.</summary>
internal static class TrainingStep
{
    internal static string Run(IReadOnlyDictionary<string, int> arguments)
    {
        int Get(string name, int fallback) => arguments.TryGetValue(name, out var value) ? value : fallback;
        torch.set_num_threads(Get("threads", 2));
        var options = new TrainingOptions
        {
            Layers = Get("layers", 4), AttentionHeads = Get("heads", 4), Width = Get("width", 128), Context = Get("context", 64),
            BatchSize = Get("batch", 12), Data = "grammar", Heads = Get("futures", 1), GradientClip = 1, Steps = 100_000, DecaySteps = 100_000,
        };
        using var trainer = new Trainer(options, Path.GetTempPath());
        var (warmup, steps) = (Get("warmup", 20), Get("steps", 100));
        var times = new List<double>();
        double loss = 0;
        for (var i = 0; i < warmup + steps; i++)
        {
            var started = Stopwatch.GetTimestamp();
            (loss, _, _) = trainer.TrainStep();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        var sorted = times.Skip(warmup).Order().ToList();
        var peak = double.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(':')[1].Replace("kB", ""), System.Globalization.CultureInfo.InvariantCulture) / 1024;
        return FormattableString.Invariant($"{{\"ms\": {sorted[sorted.Count / 2]:F3}, \"loss\": {loss:F4}, \"peak_mib\": {peak:F1}}}");
    }
}
