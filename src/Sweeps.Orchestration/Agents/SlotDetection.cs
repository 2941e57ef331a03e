using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Sweeps.Orchestration.Agents;

/// <summary>Which slots a machine has: one for each NVIDIA GPU; without any, one for each core that the process may use.</summary>
public static class SlotDetection
{
    /// <summary>The slots of this machine.</summary>
    /// <param name="cpuSlots">So many shares of the CPU instead of what would be detected, or null.</param>
    /// <param name="threadsPerSlot">CPU threads of each slot. One is the default: two workers of one thread each finish more steps than
    /// one of two threads.</param>
    public static IReadOnlyList<Slot> Detect(int? cpuSlots = null, int threadsPerSlot = 1)
    {
        var gpus = cpuSlots is null ? Visible(ParseGpus(AskNvidia()), Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES")) : [];
        return gpus.Count > 0
            ? [.. gpus.Select((gpu, index) => new Slot(index, gpu.Name, gpu.Number, threadsPerSlot))]
            : [.. Enumerable.Range(0, cpuSlots ?? Math.Max(1, Environment.ProcessorCount / threadsPerSlot))
                .Select(index => new Slot(index, "cpu", null, threadsPerSlot))];
    }

    /// <summary>Reads lines such as <c>0, NVIDIA H200</c>; others are no GPUs.</summary>
    internal static IReadOnlyList<(int Number, string Name)> ParseGpus(string output)
    {
        var gpus = new List<(int, string)>();
        foreach (var line in output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(',', 2, StringSplitOptions.TrimEntries) is [var number, { Length: > 0 } name]
                && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                gpus.Add((index, name));
        }
        return gpus;
    }

    /// <summary>Those that a batch system or the user has left to this process by <c>CUDA_VISIBLE_DEVICES</c>; all when it is not set.</summary>
    internal static IReadOnlyList<(int Number, string Name)> Visible(IReadOnlyList<(int Number, string Name)> gpus, string? allowed)
    {
        if (allowed is null) return gpus;
        var names = allowed.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. gpus.Where(gpu => names.Contains(gpu.Number.ToString(CultureInfo.InvariantCulture)))];
    }

    private static string AskNvidia()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("nvidia-smi", ["--query-gpu=index,name", "--format=csv,noheader"])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var output = process.StandardOutput.ReadToEndAsync();
            // A driver that hangs must not keep the sweep from running on the CPU.
            if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
            {
                process.Kill();
                return "";
            }
            return process.ExitCode == 0 ? output.Result : "";
        }
        catch (Win32Exception)
        {
            return "";
        }
    }
}
