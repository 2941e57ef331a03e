using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Sweeps.Orchestration.Agents;

/// <summary>
/// Which slots a machine has: one for each NVIDIA GPU, or for each part where a GPU is cut into parts (MIG); without any, one for each core that
/// the process may use.
/// </summary>
public static partial class SlotDetection
{
    /// <summary>The slots of this machine.</summary>
    /// <param name="cpuSlots">So many shares of the CPU instead of what would be detected, or null.</param>
    /// <param name="threadsPerSlot">CPU threads of each slot. One is the default: two workers of one thread each finish more steps than
    /// one of two threads.</param>
    public static IReadOnlyList<Slot> Detect(int? cpuSlots = null, int threadsPerSlot = 1)
    {
        var gpus = cpuSlots is null ? Visible(Gpus(), Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES")) : [];
        if (gpus.Count > 0) return [.. gpus.Select((gpu, index) => gpu with { Index = index, Threads = threadsPerSlot })];
        var count = cpuSlots ?? Math.Max(1, Environment.ProcessorCount / threadsPerSlot);
        // What a container may use of the machine's memory.
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / count;
        return [.. Enumerable.Range(0, count).Select(index => new Slot(index, "cpu", null, threadsPerSlot) { MemoryBytes = memory })];
    }

    /// <summary>Reads lines such as <c>0, GPU-5b, 143771, Disabled, NVIDIA H200</c> (memory in MiB, MIG mode); others are no GPUs.</summary>
    /// <param name="output">The lines.</param>
    /// <param name="parts">What <c>nvidia-smi -L</c> prints; asked only where a GPU is cut into parts.</param>
    internal static IReadOnlyList<Slot> ParseGpus(string output, Func<string> parts)
    {
        var gpus = new List<Slot>();
        foreach (var line in Lines(output))
        {
            if (line.Split(',', 5, StringSplitOptions.TrimEntries) is not [var number, var uuid, var memory, var mig, { Length: > 0 } name]
                || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index)) continue;
            var gpu = new Slot(index, name, index, 1) { Uuid = uuid, MemoryBytes = long.TryParse(memory, NumberStyles.None, CultureInfo.InvariantCulture, out var mebibytes) ? mebibytes << 20 : null };
            if (mig == "Enabled") gpus.AddRange(Parts(gpu, parts()));
            else gpus.Add(gpu);
        }
        return gpus;
    }

    /// <summary>
    /// Those that a batch system or the user has left to this process by <c>CUDA_VISIBLE_DEVICES</c>, by number or by the beginning of the UUID; all
    /// when it is not set. As for CUDA, what follows something that does not exist does not count.
    /// </summary>
    internal static IReadOnlyList<Slot> Visible(IReadOnlyList<Slot> gpus, string? allowed)
    {
        if (allowed is null) return gpus;
        var visible = new List<Slot>();
        foreach (var name in allowed.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // Of a GPU that is cut into parts the number stands for all of them.
            var named = gpus.Where(gpu => gpu.Gpu?.ToString(CultureInfo.InvariantCulture) == name
                || ((name.StartsWith("GPU-", StringComparison.Ordinal) || name.StartsWith("MIG-", StringComparison.Ordinal)) && gpu.Uuid?.StartsWith(name, StringComparison.Ordinal) == true)).Except(visible).ToArray();
            if (named.Length == 0) break;
            visible.AddRange(named);
        }
        return [.. visible.OrderBy(gpu => gpu.Gpu)];
    }

    // GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5b...)
    //   MIG 3g.20gb     Device  0: (UUID: MIG-c7...)
    private static IEnumerable<Slot> Parts(Slot gpu, string list)
    {
        var isOf = false;
        foreach (var line in Lines(list))
        {
            if (line.StartsWith("GPU ", StringComparison.Ordinal)) isOf = line.Contains($"(UUID: {gpu.Uuid})", StringComparison.Ordinal);
            else if (isOf && Part().Match(line) is { Success: true } part)
            {
                var profile = part.Groups["profile"].Value;
                yield return gpu with
                {
                    Name = $"{gpu.Name} MIG {profile}", Device = part.Groups["uuid"].Value, Uuid = part.Groups["uuid"].Value,
                    MemoryBytes = long.Parse(part.Groups["memory"].Value, CultureInfo.InvariantCulture) << 30,
                };
            }
        }
    }

    private static IReadOnlyList<Slot> Gpus() =>
        ParseGpus(AskNvidia("--query-gpu=index,uuid,memory.total,mig.mode.current,name", "--format=csv,noheader,nounits"), () => AskNvidia("-L"));

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string AskNvidia(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("nvidia-smi", arguments)
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

    [GeneratedRegex(@"^MIG (?<profile>\S*?\.?(?<memory>[0-9]+)gb\S*)\s+Device\s+[0-9]+:\s*\(UUID: (?<uuid>MIG-[^)]+)\)")]
    private static partial Regex Part();
}
