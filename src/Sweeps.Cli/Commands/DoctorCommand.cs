using System.CommandLine;
using System.Runtime.InteropServices;
using Sweeps.Cli.Output;
using Sweeps.Orchestration.Agents;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps doctor</c>: says what is missing on this machine and what helps.</summary>
internal static class DoctorCommand
{
    private const long LeastFreeBytes = 1L << 30;

    public static Command Create()
    {
        var home = Home.CreateOption();
        var command = new Command("doctor", "Say what is missing on this machine and what helps") { home };
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed.GetValue(home));
            (string What, string? Problem)[] findings = [Worker(), LibTorch(), Place(place), await DatabaseAsync(place)];
            foreach (var (what, problem) in findings)
                await (problem is null ? Console.Out : Console.Error).WriteLineAsync(problem is null ? $"ok: {what}" : $"sweeps: {what}: {problem}");
            Console.WriteLine($"ok: trains on {SlotText.Of(SlotDetection.Detect())}");
            return findings.Any(finding => finding.Problem is not null) ? ExitCode.Installation : ExitCode.Ok;
        });
        return command;
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

    private static async Task<(string, string?)> DatabaseAsync(Home home)
    {
        if (!File.Exists(home.Database)) return ("no database yet", null);
        try
        {
            var sweeps = await (await ResultsQueries.OpenAsync(home.Database)).SweepsAsync();
            return ($"database with {Numbers.Count(sweeps.Count, "sweep")}", null);
        }
        catch (Results.ResultsException exception)
        {
            return ("database", exception.Message);
        }
    }
}
