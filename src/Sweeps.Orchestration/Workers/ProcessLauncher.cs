using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Sweeps.Orchestration.Grains;

namespace Sweeps.Orchestration.Workers;

/// <summary>Starts workers as processes of this machine.</summary>
/// <remarks>
/// A shell redirects the output, says which process it is, and then becomes the worker (<c>exec</c>): the log is a plain file, so that a
/// worker that outlives the agent never writes into a broken pipe, and there is no moment at which the worker runs and nobody could find it.
/// Ctrl-C in the terminal goes to all its processes; workers ignore it, because it is the head that stops them, in order.
/// </remarks>
public sealed class ProcessLauncher : WorkerLauncher
{
    private const string Shell = "trap '' INT; exec </dev/null >>\"$0\" 2>&1; echo $$ >\"$1\"; shift; exec \"$@\"";

    /// <inheritdoc/>
    public override WorkerProcess Launch(WorkerCommand command)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(command.LogFile)!);
        Directory.CreateDirectory(Path.GetDirectoryName(command.PidFile)!);
        var start = new ProcessStartInfo("/bin/sh", ["-c", Shell, command.LogFile, command.PidFile, command.FileName, .. command.Arguments]);
        foreach (var (name, value) in command.Environment) start.Environment[name] = value;
        try
        {
            return new ChildProcess(Process.Start(start)!, command.PidFile);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw new WorkerLaunchException($"The worker {command.FileName} cannot be started: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public override WorkerProcess? Find(string assignmentFile, string pidFile)
    {
        try
        {
            return int.TryParse(File.ReadAllText(pidFile), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var id) && IsWorker(id, assignmentFile)
                ? new FoundProcess(id, assignmentFile) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Process ids are reused, and clocks that could tell when a process began may be wrong: it counts when it has the worker's argument.</summary>
    private static bool IsWorker(int id, string assignmentFile)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Split('\0').Contains(assignmentFile, StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // there is no such process, or it is another user's
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int pid, int signal);

    /// <summary>A worker that this process has started.</summary>
    private sealed class ChildProcess : WorkerProcess
    {
        private readonly Process process;

        public ChildProcess(Process process, string pidFile)
        {
            this.process = process;
            Exit = WaitAsync(pidFile);
        }

        public override Task<int> Exit { get; }

        public override void RequestStop()
        {
            // The exit status is reaped by the Process object alone, so until HasExited its id cannot belong to another process.
            if (!process.HasExited) _ = SendSignal(process.Id, (int)Signal.Terminate);
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
                // A stale one is recognised by the arguments of its process.
            }
            return process.ExitCode;
        }
    }

    /// <summary>A worker that another process has started: the system tells only whether it is there.</summary>
    private sealed class FoundProcess : WorkerProcess
    {
        private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

        private readonly int id;
        private readonly string assignmentFile;

        public FoundProcess(int id, string assignmentFile)
        {
            this.id = id;
            this.assignmentFile = assignmentFile;
            Exit = WaitAsync();
        }

        public override Task<int> Exit { get; }

        public override void RequestStop() => Send(Signal.Terminate);

        public override void Kill() => Send(Signal.Kill);

        private void Send(Signal signal)
        {
            if (IsWorker(id, assignmentFile)) _ = SendSignal(id, (int)signal);
        }

        private async Task<int> WaitAsync()
        {
            while (IsWorker(id, assignmentFile)) await Task.Delay(LookEvery);
            return WorkerEnding.Unwatched;
        }
    }

    private enum Signal
    {
        Kill = 9,
        Terminate = 15,
    }
}
