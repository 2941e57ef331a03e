using System.Globalization;
using Sweeps.Orchestration.Agents;

namespace Sweeps.Orchestration.Workers;

/// <summary>How a worker process is started. This is the only place that builds a worker's command line and environment.</summary>
public sealed record WorkerCommand
{
    /// <summary>The program.</summary>
    public required string FileName { get; init; }

    /// <summary>Its arguments.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Variables to set; null removes one. The others are the agent's own.</summary>
    public required IReadOnlyDictionary<string, string?> Environment { get; init; }

    /// <summary>File that gets what it prints.</summary>
    public required string LogFile { get; init; }

    /// <summary>File that says which process it is, while it is alive.</summary>
    public required string PidFile { get; init; }

    /// <summary>The command that executes one attempt.</summary>
    /// <param name="options">The agent's.</param>
    /// <param name="slot">The slot it runs on.</param>
    /// <param name="attemptId">Name of the attempt.</param>
    /// <param name="assignmentFile">The worker's only argument.</param>
    public static WorkerCommand For(AgentOptions options, Slot slot, string attemptId, string assignmentFile)
    {
        var isLibrary = options.Worker.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        var threads = slot.Threads.ToString(CultureInfo.InvariantCulture);
        return new WorkerCommand
        {
            FileName = isLibrary ? "dotnet" : options.Worker,
            Arguments = isLibrary ? [options.Worker, assignmentFile] : [assignmentFile],
            LogFile = Path.Combine(options.Home, "logs", attemptId + ".log"),
            PidFile = Path.Combine(options.Home, "attempts", attemptId + ".pid"),
            Environment = new Dictionary<string, string?>
            {
                ["SWEEPS_DATA"] = options.DataDirectory,
                // Without it a worker on the CPU would still see the GPUs.
                ["CUDA_VISIBLE_DEVICES"] = slot.Gpu?.ToString(CultureInfo.InvariantCulture) ?? "",
                // GPUs are numbered as nvidia-smi numbers them.
                ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID",
                ["OMP_NUM_THREADS"] = threads,
                ["OPENBLAS_NUM_THREADS"] = threads,
                ["MKL_NUM_THREADS"] = threads,
                // Idle threads sleep instead of spinning on the cores of other slots.
                ["OMP_WAIT_POLICY"] = "passive",
                // glibc: large tensors come from the heap and stay there, instead of one mmap and its page faults for each.
                ["MALLOC_MMAP_THRESHOLD_"] = "268435456",
                ["MALLOC_TRIM_THRESHOLD_"] = "268435456",
                ["MALLOC_TOP_PAD_"] = "16777216",
                // A worker's hot loop is in libtorch: instrumenting managed code only delays the first steps.
                ["DOTNET_TieredPGO"] = "0",
                ["DOTNET_gcServer"] = "0",
                ["DOTNET_gcConcurrent"] = "0",
                // Little is allocated on the managed heap; a small youngest generation keeps it in the cache and the process small.
                ["DOTNET_GCgen0size"] = "400000",
            },
        };
    }
}
