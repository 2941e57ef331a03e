using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Sweeps.Core.Commands;

namespace Sweeps.Worker;

/// <summary>
/// A program of the user's with all that it starts: a process group of its own, which ends with the worker however that ends.
/// </summary>
/// <remarks>
/// A second, tiny process, outside of the group, waits for the end of a pipe that the worker holds open: when the worker is gone, killed
/// or not, it kills the group. (The kernel's own signal at a parent's death, PR_SET_PDEATHSIG, reaches the program alone and not what it
/// has started.) The program waits at a gate until that guard is there.
/// </remarks>
internal sealed class ChildProcess : IDisposable
{
    private const int SigTerm = 15;
    private const int SigKill = 9;

    private const string Gate = "read -r go || exit 1; exec \"$@\" </dev/null";
    private const string Guard = "trap '' HUP INT TERM; read -r end; kill -KILL \"-$1\" 2>/dev/null";

    private readonly Process process;
    private readonly Process guard;
    private readonly Task reading;

    private ChildProcess(Process process, Process guard, Action<string> onOutput, Action<string> onError)
    {
        this.process = process;
        this.guard = guard;
        Exit = process.WaitForExitAsync();
        reading = Task.WhenAll(LinesAsync(process.StandardOutput, onOutput), LinesAsync(process.StandardError, onError));
    }

    /// <summary>Completes when the program has ended; what it started may be alive still.</summary>
    public Task Exit { get; }

    /// <summary>Its exit code; 128 + N when signal N ended it.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>Starts a program.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="directory">Where it is started.</param>
    /// <param name="environment">Variables to set beside the worker's own.</param>
    /// <param name="onOutput">Gets each line of its standard output, on a thread of its own.</param>
    /// <param name="onError">Gets each line of its standard error, on another.</param>
    /// <exception cref="CommandException">It cannot be started.</exception>
    public static ChildProcess Start(
        IReadOnlyList<string> command, string directory, IReadOnlyDictionary<string, string> environment, Action<string> onOutput, Action<string> onError)
    {
        if (!Directory.Exists(directory)) throw new CommandException($"the directory {directory}, in which the command is started, does not exist on this machine.");
        if (command.FirstOrDefault(argument => argument.Contains('\0')) is { } impossible)
            throw new CommandException($"no program can be given the character NUL, which the argument {impossible.Replace('\0', '?')} has.");
        var start = new ProcessStartInfo("setsid", ["/bin/sh", "-c", Gate, "sweeps", .. command])
        {
            WorkingDirectory = directory, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8, StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        try
        {
            var process = Process.Start(start)!;
            var group = process.Id.ToString(CultureInfo.InvariantCulture);
            var guard = Process.Start(new ProcessStartInfo("setsid", ["/bin/sh", "-c", Guard, "sweeps", group]) { RedirectStandardInput = true })!;
            var child = new ChildProcess(process, guard, onOutput, onError);
            child.OpenGate();
            return child;
        }
        catch (Win32Exception exception)
        {
            throw new CommandException($"the command cannot be started: {exception.Message}");
        }
    }

    /// <summary>Asks the whole group to end (SIGTERM).</summary>
    public void Terminate() => Signal(SigTerm);

    /// <summary>Waits until the program has ended and, unless it takes longer, everything that it started and that shares its output.</summary>
    /// <returns>False when the time was not enough.</returns>
    public bool WaitForAll(TimeSpan time) => Task.WaitAny([Task.WhenAll(Exit, reading)], time) == 0;

    /// <summary>Ends what is left of the group (SIGKILL), and waits until its last lines are read.</summary>
    public void End()
    {
        Signal(SigKill);
        Exit.Wait();
        // Only a process that has left the group on purpose can hold the output open now.
        Task.WaitAny([reading], TimeSpan.FromSeconds(5));
    }

    /// <summary>Throws what went wrong with its lines here, because of which it was ended.</summary>
    public void CheckLines()
    {
        if (reading.IsFaulted) reading.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        guard.Kill();
        guard.WaitForExit();
        guard.Dispose();
        process.Dispose();
    }

    private void OpenGate()
    {
        try
        {
            process.StandardInput.Write('\n');
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It was killed at the gate.
        }
    }

    private void Signal(int signal) => _ = SendSignal(-process.Id, signal);

    private Task LinesAsync(StreamReader reader, Action<string> onLine) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                while (reader.ReadLine() is { } line) onLine(line);
            }
            catch
            {
                // Nobody reads on: it would wait forever for room in the pipe.
                Signal(SigKill);
                throw;
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);
}
