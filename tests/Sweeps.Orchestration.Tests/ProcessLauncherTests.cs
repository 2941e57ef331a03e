using Sweeps.Core.Gpt;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Grains;
using Sweeps.Orchestration.Workers;

namespace Sweeps.Orchestration.Tests;

public sealed class ProcessLauncherTests
{
    private readonly ProcessLauncher launcher = new();

    [Fact]
    public async Task A_worker_gets_its_argument_and_environment_and_its_output_goes_to_its_log()
    {
        using var directory = new TestDirectory();
        var worker = directory.Script("echo \"argument $1\"; echo \"threads $OMP_NUM_THREADS gpu '$CUDA_VISIBLE_DEVICES' data $SWEEPS_DATA\" >&2; exit 12");
        var command = Command(directory, worker, new Slot(0, "cpu", null, 3));
        Assert.Equal(12, await launcher.Launch(command).Exit);
        Assert.Equal("argument /x/1-1.json\nthreads 3 gpu '' data /data\n", File.ReadAllText(command.LogFile));
        Assert.False(File.Exists(command.PidFile));
    }

    [Fact]
    public async Task Names_with_spaces_and_quotes_are_passed_as_they_are()
    {
        using var directory = new TestDirectory();
        var worker = directory.Script("printf '%s' \"$1\"", "a \"quoted\" $worker'");
        var command = Command(directory, worker) with { Arguments = ["two words; $HOME \"x\" 'y'"] };
        Assert.Equal(0, await launcher.Launch(command).Exit);
        Assert.Equal("two words; $HOME \"x\" 'y'", File.ReadAllText(command.LogFile));
    }

    [Fact]
    public void A_worker_on_a_gpu_sees_that_gpu_and_a_library_is_executed_by_dotnet()
    {
        using var directory = new TestDirectory();
        var command = Command(directory, "/opt/Sweeps.Worker.dll", new Slot(1, "NVIDIA H200", 3, 2));
        Assert.Equal("3", command.Environment["CUDA_VISIBLE_DEVICES"]);
        Assert.Equal(("dotnet", "/opt/Sweeps.Worker.dll", "/x/1-1.json"), (command.FileName, command.Arguments[0], command.Arguments[1]));
    }

    [Fact]
    public async Task A_worker_that_is_asked_to_stop_may_finish_its_work()
    {
        using var directory = new TestDirectory();
        var worker = directory.Script("trap 'echo saved; exit 10' TERM; echo ready; while :; do sleep 0.05; done");
        var command = Command(directory, worker);
        var process = launcher.Launch(command);
        await Until(() => File.Exists(command.LogFile) && File.ReadAllText(command.LogFile).Contains("ready"));
        process.RequestStop();
        Assert.Equal(10, await process.Exit);
        Assert.Equal("ready\nsaved\n", File.ReadAllText(command.LogFile));
    }

    [Fact]
    public async Task A_killed_worker_exits_with_its_signal()
    {
        using var directory = new TestDirectory();
        var process = launcher.Launch(Command(directory, directory.Script("exec sleep 600")));
        process.Kill();
        Assert.Equal(128 + 9, await process.Exit);
        process.Kill();
        process.RequestStop();
    }

    [Fact]
    public async Task Workers_that_end_at_once_are_workers_that_ended()
    {
        using var directory = new TestDirectory();
        var workers = Enumerable.Range(1, 50).Select(i => launcher.Launch(Command(directory, "/bin/true", name: $"{i}-1"))).ToArray();
        Assert.All(await Task.WhenAll(workers.Select(worker => worker.Exit)), code => Assert.Equal(0, code));
        Assert.Empty(Directory.GetFiles(directory.Path("agents", Environment.MachineName, "attempts")));
    }

    [Fact]
    public async Task A_worker_that_does_not_exist_ends_with_the_shells_sentence()
    {
        using var directory = new TestDirectory();
        var command = Command(directory, directory.Path("nowhere"));
        Assert.Equal(127, await launcher.Launch(command).Exit);
        Assert.Contains("not found", File.ReadAllText(command.LogFile));
    }

    [Fact]
    public async Task A_worker_of_an_earlier_process_is_found_by_its_id_and_its_argument()
    {
        using var directory = new TestDirectory();
        var left = Command(directory, directory.Script("trap 'exit 10' TERM; echo ready; while :; do sleep 0.05; done"));
        var child = launcher.Launch(left);
        await Until(() => File.Exists(left.LogFile) && File.ReadAllText(left.LogFile).Contains("ready"));
        Assert.Null(launcher.Find("/x/2-1.json", left.PidFile));
        Assert.Null(launcher.Find("/x/1-1.json", left.PidFile + "x"));
        File.WriteAllText(directory.Path("other.pid"), $"{Environment.ProcessId}\n");
        Assert.Null(launcher.Find("/x/1-1.json", directory.Path("other.pid")));
        File.WriteAllText(directory.Path("none.pid"), "no pid at all");
        Assert.Null(launcher.Find("/x/1-1.json", directory.Path("none.pid")));

        var found = new ProcessLauncher().Find("/x/1-1.json", left.PidFile)!;
        Assert.False(found.Exit.IsCompleted);
        found.RequestStop();
        Assert.Equal(10, await child.Exit);
        Assert.Equal(WorkerEnding.Unwatched, await found.Exit);
        found.Kill();
        Assert.Null(launcher.Find("/x/1-1.json", left.PidFile));
    }

    [Fact]
    public void Kernels_for_wide_vectors_are_asked_for_where_the_processor_has_them_and_nowhere_else()
    {
        using var directory = new TestDirectory();
        var environment = Command(directory, "/bin/true").Environment;
        var flags = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal))?.Split(' ') ?? [];
        // The runtime may be told not to use them (DOTNET_EnableAVX512=0), and then the libraries are not either.
        var wide = Array.TrueForAll(["avx512f", "avx512vl", "avx512bw", "avx512cd", "avx512dq"], flags.Contains) && System.Runtime.Intrinsics.X86.Avx512F.IsSupported;
        Assert.Equal(wide ? "SkylakeX" : null, environment.GetValueOrDefault("OPENBLAS_CORETYPE"));
        Assert.Equal(wide ? "avx512" : null, environment.GetValueOrDefault("ATEN_CPU_CAPABILITY"));
    }

    [Fact]
    public void Threads_sleep_between_products_of_OpenBLAS_and_wait_between_those_of_OpenMP()
    {
        using var directory = new TestDirectory();
        var fp32 = Command(directory, "worker").Environment;
        var bf16 = Command(directory, "worker", precision: Precision.Bf16).Environment;
        Assert.Equal(("passive", null), (fp32["OMP_WAIT_POLICY"], fp32["GOMP_SPINCOUNT"]));
        Assert.Equal((null, "20000"), (bf16["OMP_WAIT_POLICY"], bf16["GOMP_SPINCOUNT"]));
    }

    internal static async Task Until(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(10, TestContext.Current.CancellationToken);
    }

    private static WorkerCommand Command(TestDirectory directory, string worker, Slot? slot = null, string name = "1-1", Precision precision = Precision.Fp32) =>
        WorkerCommand.For(new AgentOptions
        {
            Home = directory.FullName, DataDirectory = "/data", HeadUrl = "http://127.0.0.1:1", Worker = worker, Slots = [],
        }, slot ?? new Slot(0, "cpu", null, 1), name, $"/x/{name}.json", precision);
}
