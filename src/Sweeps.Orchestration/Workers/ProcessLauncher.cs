using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Sweeps.Orchestration.Workers;

/// <summary>Starts workers as processes of this machine.</summary>
/// <remarks>
/// A shell redirects the output and then becomes the worker (<c>exec</c>): the log is a plain file, so that a worker that outlives the
/// agent never writes into a broken pipe. Ctrl-C in the terminal goes to all its processes; workers ignore it, because it is the head
/// that stops them, in order.
/// </remarks>
public sealed class ProcessLauncher : WorkerLauncher
{
    private const string Shell = "trap '' INT; exec \"$@\" </dev/null >>\"$0\" 2>&1";

    /// <inheritdoc/>
    public override WorkerProcess Launch(WorkerCommand command)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(command.LogFile)!);
        Directory.CreateDirectory(Path.GetDirectoryName(command.PidFile)!);
        var start = new ProcessStartInfo("/bin/sh", ["-c", Shell, command.LogFile, command.FileName, .. command.Arguments]);
        foreach (var (name, value) in command.Environment) start.Environment[name] = value;
        try
        {
            var process = Process.Start(start)!;
            WritePid(command.PidFile, process);
            return new LocalProcess(process, command.PidFile);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw new WorkerLaunchException($"The worker {command.FileName} cannot be started: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public override int EndLeftovers(string pidDirectory)
    {
        if (!Directory.Exists(pidDirectory)) return 0;
        var ended = 0;
        foreach (var file in Directory.GetFiles(pidDirectory, "*.pid"))
        {
            if (FindLeftover(file) is { } process)
            {
                using (process)
                {
                    process.Kill();
                    process.WaitForExit();
                    ended++;
                }
            }
            File.Delete(file);
        }
        return ended;
    }

    /// <summary>Process ids are reused: the process counts only when it also began when the worker did.</summary>
    private static Process? FindLeftover(string pidFile)
    {
        try
        {
            if (File.ReadAllText(pidFile).Split(' ') is not [var id, var ticks]) return null;
            var process = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
            var began = new DateTime(long.Parse(ticks, CultureInfo.InvariantCulture), DateTimeKind.Utc);
            if ((process.StartTime.ToUniversalTime() - began).Duration() < TimeSpan.FromSeconds(2)) return process;
            process.Dispose();
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException or IOException or Win32Exception)
        {
            return null;
        }
    }

    private static void WritePid(string file, Process process)
    {
        try
        {
            File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.StartTime.ToUniversalTime().Ticks}"));
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            // It has ended already, so fast that nobody can say when it began.
        }
    }

    private sealed class LocalProcess : WorkerProcess
    {
        private const int SigTerm = 15;

        private readonly Process process;

        public LocalProcess(Process process, string pidFile)
        {
            this.process = process;
            Exit = WaitAsync(pidFile);
        }

        public override Task<int> Exit { get; }

        public override void RequestStop()
        {
            // The exit status is reaped by the Process object alone, so until HasExited its id cannot belong to another process.
            if (!process.HasExited) _ = SendSignal(process.Id, SigTerm);
        }

        public override void Kill()
        {
            if (!process.HasExited) process.Kill();
        }

        private async Task<int> WaitAsync(string pidFile)
        {
            await process.WaitForExitAsync();
            try
            {
                File.Delete(pidFile);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A stale one is recognised by the time at which its process began.
            }
            return process.ExitCode;
        }

        [DllImport("libc", EntryPoint = "kill")]
        private static extern int SendSignal(int pid, int signal);
    }
}
