using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;
using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Core.SweepFiles;
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

    /// <summary>File that says which process it is, from before it begins until it has ended.</summary>
    public required string PidFile { get; init; }

    /// <summary>What it is for, for people and batch systems: <c>NAME-17-2</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it needs; null for an errand that needs next to nothing and is done beside the agent.</summary>
    public ResourceSpec? Resources { get; init; }

    /// <summary>The command that executes one attempt.</summary>
    /// <param name="options">The agent's.</param>
    /// <param name="slot">The slot it runs on.</param>
    /// <param name="attemptId">Name of the attempt.</param>
    /// <param name="assignmentFile">The worker's only argument.</param>
    /// <param name="precision">What the run's products are computed in.</param>
    /// <param name="isCommand">Whether the worker starts a program of the user's instead of training itself.</param>
    /// <param name="sweep">Name of the sweep.</param>
    /// <param name="resources">What the sweep asks for; nothing when null.</param>
    public static WorkerCommand For(AgentOptions options, Slot slot, string attemptId, string assignmentFile, Precision precision = Precision.Fp32, bool isCommand = false,
        string sweep = "sweep", ResourceSpec? resources = null)
    {
        var (fileName, arguments) = CommandLine(options.Worker, isCommand ? ["command", assignmentFile] : [assignmentFile]);
        return new WorkerCommand
        {
            FileName = fileName,
            Arguments = arguments,
            LogFile = LogFileOf(options, attemptId),
            PidFile = Path.Combine(options.AttemptDirectory, attemptId + ".pid"),
            Name = NameOf(sweep, attemptId),
            Resources = resources ?? new ResourceSpec(),
            Environment = isCommand ? EnvironmentFor(options.DataDirectory, slot) : EnvironmentFor(options.DataDirectory, slot, precision),
        };
    }

    /// <summary>The command that delivers what the killed worker of a command has left.</summary>
    /// <param name="options">The agent's.</param>
    /// <param name="attemptId">Name of the attempt.</param>
    /// <param name="assignmentFile">Its assignment.</param>
    public static WorkerCommand ForDelivery(AgentOptions options, string attemptId, string assignmentFile)
    {
        var (fileName, arguments) = CommandLine(options.Worker, "deliver", assignmentFile);
        return new WorkerCommand
        {
            FileName = fileName,
            Arguments = arguments,
            LogFile = LogFileOf(options, attemptId),
            PidFile = Path.Combine(options.AttemptDirectory, attemptId + ".pid"),
            Name = NameOf("deliver", attemptId),
            // A head that does not answer now is not waited for: nothing goes on until this has ended.
            Environment = new Dictionary<string, string?> { ["SWEEPS_HEAD_PATIENCE"] = "10", [HeadHttp.TokenVariable] = null },
        };
    }

    /// <summary>File that gets what the worker of an attempt prints.</summary>
    public static string LogFileOf(AgentOptions options, string attemptId) => Path.Combine(options.Home, "logs", attemptId + ".log");

    // One line without spaces, whatever the sweep is called.
    private static string NameOf(string sweep, string attemptId) =>
        $"{string.Concat(sweep.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-')).TrimStart('-')}-{attemptId}";

    /// <summary>How a tool of the worker (<c>export</c> and the like) is started in the foreground, with this process's input and output.</summary>
    /// <param name="worker">The worker: a <c>.dll</c> for <c>dotnet</c>, or a program.</param>
    /// <param name="dataDirectory">Where data sets are kept.</param>
    /// <param name="slot">The slot it runs on.</param>
    /// <param name="arguments">Name of the tool and its arguments.</param>
    public static ProcessStartInfo ForTool(string worker, string dataDirectory, Slot slot, params string[] arguments)
    {
        var (fileName, all) = CommandLine(worker, arguments);
        var start = new ProcessStartInfo(fileName, all) { UseShellExecute = false };
        foreach (var (name, value) in EnvironmentFor(dataDirectory, slot, Precision.Fp32)) start.Environment[name] = value;
        return start;
    }

    private static (string FileName, string[] Arguments) CommandLine(string worker, params string[] arguments) =>
        worker.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? ("dotnet", [worker, .. arguments]) : (worker, arguments);

    // What a program of the user's is given too; how it uses the machine beyond that is its own affair.
    private static Dictionary<string, string?> EnvironmentFor(string dataDirectory, Slot slot)
    {
        var threads = slot.Threads.ToString(CultureInfo.InvariantCulture);
        return new Dictionary<string, string?>
        {
            ["SWEEPS_DATA"] = dataDirectory,
            // The agent's token is no business of what it runs.
            [HeadHttp.TokenVariable] = null,
            // Without it a worker on the CPU would still see the GPUs.
            ["CUDA_VISIBLE_DEVICES"] = slot.Visible,
            // GPUs are numbered as nvidia-smi numbers them.
            ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID",
            ["OMP_NUM_THREADS"] = threads,
            ["OPENBLAS_NUM_THREADS"] = threads,
            ["MKL_NUM_THREADS"] = threads,
        };
    }

    private static Dictionary<string, string?> EnvironmentFor(string dataDirectory, Slot slot, Precision precision)
    {
        var wide = HasWideVectors ? WideVectors.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)) : [];
        return new Dictionary<string, string?>(EnvironmentFor(dataDirectory, slot).Concat(wide))
        {
            // Products in fp32 are OpenBLAS's, which has threads of its own: those of OpenMP must sleep meanwhile instead of spinning on the same
            // cores. Products in bf16 are OpenMP's own, so many and short that threads which wait for the next one a little save half of the step.
            ["OMP_WAIT_POLICY"] = precision == Precision.Fp32 ? "passive" : null,
            ["GOMP_SPINCOUNT"] = precision == Precision.Fp32 ? null : "20000",
            // glibc: large tensors come from the heap and stay there, instead of one mmap and its page faults for each. What a step frees the next
            // one takes again, so none of the heap (up to 1 TiB) is given back: fresh pages take a third of the processor time of a step with large logits.
            ["MALLOC_MMAP_THRESHOLD_"] = "268435456",
            ["MALLOC_TRIM_THRESHOLD_"] = "1099511627776",
            ["MALLOC_TOP_PAD_"] = "16777216",
            // A worker's hot loop is in libtorch: instrumenting managed code only delays the first steps.
            ["DOTNET_TieredPGO"] = "0",
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_gcConcurrent"] = "0",
            // Little is allocated on the managed heap; a small youngest generation keeps it in the cache and the process small.
            ["DOTNET_GCgen0size"] = "400000",
        };
    }

    /// <summary>
    /// What makes the libraries use all of a processor's vectors where it has all of <see cref="WideVectorFlags"/>. OpenBLAS takes its kernels for
    /// AVX2 on processors that are younger than it, which halves the speed of products in fp32, and libtorch 1.13 its own, since the first processors
    /// with AVX-512 slowed down in it.
    /// </summary>
    internal static IReadOnlyDictionary<string, string> WideVectors { get; } = new Dictionary<string, string> { ["OPENBLAS_CORETYPE"] = "SkylakeX", ["ATEN_CPU_CAPABILITY"] = "avx512" };

    /// <summary>Those vectors as the kernel names them.</summary>
    internal static IReadOnlyList<string> WideVectorFlags { get; } = ["avx512f", "avx512vl", "avx512bw", "avx512cd", "avx512dq"];

    private static bool HasWideVectors =>
        Avx512F.IsSupported && Avx512F.VL.IsSupported && Avx512BW.IsSupported && Avx512CD.IsSupported && Avx512DQ.IsSupported;
}
