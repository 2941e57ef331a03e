using System.CommandLine;
using System.Runtime.InteropServices;
using Sweeps.Cli.Output;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Workers;
using Sweeps.Orchestration.Workers.Slurm;
using Sweeps.Results;
using Sweeps.Results.Integrity;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps doctor</c>: says what is missing on this machine and what helps.</summary>
internal static class DoctorCommand
{
    private const long LeastFreeBytes = 1L << 30;

    public static Command Create()
    {
        var home = Home.CreateOption();
        var deep = new Option<bool>("--deep") { Description = "Read all of the database and of every checkpoint" };
        var command = new Command("doctor", "Say what is missing or damaged on this machine and what helps; changes nothing") { home, deep };
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed, home);
            (string What, string? Problem)[] installed = [Worker(), LibTorch(), Place(place)];
            var database = await DatabaseAsync(place, parsed.GetValue(deep));
            foreach (var (what, problem) in installed.Concat(database))
                await (problem is null ? Console.Out : Console.Error).WriteLineAsync(problem is null ? $"ok: {what}" : $"sweeps: {what}: {problem}");
            Console.WriteLine($"ok: trains on {SlotText.Of(SlotDetection.Detect())}");
            Console.WriteLine($"ok: {await SlurmAsync()}");
            return installed.Any(finding => finding.Problem is not null) ? ExitCode.Installation
                : database.Any(finding => finding.Problem is not null) ? ExitCode.Database : ExitCode.Ok;
        });
        return command;
    }

    /// <summary>No problem wherever Slurm is not used.</summary>
    private static async Task<string> SlurmAsync()
    {
        if (await TryAsync("sbatch", "--version") is not { } sbatch) return "no Slurm here: --launcher slurm needs sbatch, squeue and scancel";
        var version = sbatch.Output.Trim();
        var queue = await TryAsync("squeue", "--me", "--noheader");
        if (queue is not { IsGood: true }) return $"{version} does not answer ({queue?.Complaint ?? "there is no squeue"}): --launcher slurm waits for it";
        return $"{version} answers: {Numbers.Count(queue.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, "job")} of yours; "
            + (await TryAsync("sacct", "--noheader", "--allocations") is { IsGood: true } ? "sacct answers, too" : "without sacct, a job that it has forgotten counts as lost");
    }

    private static async Task<SlurmAnswer?> TryAsync(string command, params string[] arguments)
    {
        try
        {
            return await SlurmCommands.RunAsync(command, arguments);
        }
        catch (WorkerLaunchException)
        {
            return null;
        }
    }

    private static (string, string?) Worker() => Installation.Worker is { } worker
        ? ($"worker {worker}", null) : ("worker", "not found; build it with ./sweeps, or name it in SWEEPS_WORKER");

    /// <summary>The worker's door into libtorch, with all that it is linked to; loading it trains nothing.</summary>
    private static (string, string?) LibTorch()
    {
        if (Installation.Worker is not { } worker) return ("libtorch", "the worker that needs it was not found");
        var door = Path.Combine(Path.GetDirectoryName(worker)!, "libsweeps_torch.so");
        if (!File.Exists(door)) return ("libtorch", null); // it comes with TorchSharp's package
        try
        {
            NativeLibrary.Free(NativeLibrary.Load(door));
            return ("libtorch", null);
        }
        catch (DllNotFoundException exception)
        {
            return ("libtorch", $"{exception.Message.ReplaceLineEndings(" ")} Install libtorch-dev and libopenblas0-pthread, or set LIBTORCH, and call ./sweeps again");
        }
    }

    private static (string, string?) Place(Home home)
    {
        try
        {
            Directory.CreateDirectory(home.Directory);
            using (File.Create(Path.Combine(home.Directory, $".doctor-{Environment.ProcessId}"), 1, FileOptions.DeleteOnClose)) { }
            var free = new DriveInfo(home.Directory).AvailableFreeSpace;
            return free >= LeastFreeBytes ? ($"{home.Directory} can be written, {Numbers.Count(free >> 30)} GiB free", null)
                : (home.Directory, $"only {Numbers.Count(free >> 20)} MiB are free for checkpoints; make room or choose another --home");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (home.Directory, $"cannot be written ({exception.Message}); choose another --home");
        }
    }

    private static async Task<IReadOnlyList<(string What, string? Problem)>> DatabaseAsync(Home home, bool deep)
    {
        try
        {
            if (!await ResultsQueries.ExistAsync(home.Database)) return [("no database yet", null)];
            var health = await DatabaseExamination.RunAsync(home.Database, deep);
            if (health.Findings.Count > 0) return [.. health.Findings.Select(finding => (home.Database, (string?)$"{finding.Problem}; {finding.Remedy}"))];
            return [($"database with {Numbers.Count(health.Sweeps, "sweep")}, " + (health.IsOlder
                ? $"of an older version of sweeps (schema {Numbers.Count(health.SchemaVersion)}): the next command that reads it brings it forward and keeps a copy"
                : $"{Numbers.Count(health.Points, "metric point")} and {Numbers.Count(health.Checkpoints, "checkpoint")}"), null)];
        }
        catch (ResultsException exception)
        {
            return [("database", exception.Message)];
        }
    }
}
