using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Sweeps.Core;
using Sweeps.Core.Commands;
using Sweeps.Core.Protocol;

namespace Sweeps.Worker;

/// <summary>Any program but the built-in trainer: started as a child process, its metrics read from what it prints.</summary>
public sealed class CommandProgram : IStageProgram
{
    private const int LinesKept = 20;
    private const int SigKill = 9;

    // Signals that a program brings upon itself; all others come from somebody else.
    private static readonly Dictionary<int, string> Crashes = new() { [4] = "SIGILL", [5] = "SIGTRAP", [6] = "SIGABRT", [7] = "SIGBUS", [8] = "SIGFPE", [11] = "SIGSEGV", [13] = "SIGPIPE", [31] = "SIGSYS" };

    private readonly CommandAssignment assignment;
    private readonly ImmutableArray<string> command;
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly MetricLines metrics;
    private readonly ConcurrentQueue<string> lastErrors = new();
    private readonly ConcurrentQueue<string> lastOutput = new();

    private CommandProgram(CommandAssignment assignment, ImmutableArray<string> command, IReadOnlyDictionary<string, string> environment)
    {
        this.assignment = assignment;
        this.command = command;
        this.environment = environment;
        metrics = new MetricLines([.. assignment.Command.Metrics.Select(text => MetricPattern.Read(text, out _, out _)!)]);
    }

    /// <inheritdoc/>
    public int Step { get; private set; }

    /// <inheritdoc/>
    public string Description => $"starts {string.Join(' ', command)}";

    /// <summary>Makes the command of an attempt; nothing is started yet.</summary>
    /// <exception cref="AssignmentException">The assignment has no command.</exception>
    /// <exception cref="CommandException">The command cannot be made in this environment.</exception>
    public static CommandProgram Start(Assignment assignment)
    {
        var started = assignment.Command ?? throw new AssignmentException("the assignment has no command to start.");
        var variables = CommandEnvironment.Of(assignment, started);
        var parametersFile = Path.GetFullPath(Path.Combine(assignment.SpoolDirectory, "parameters.json"));
        File.WriteAllText(parametersFile, PythonText.Json(CommandMacros.Nested(started.Command, assignment.Parameters)));
        var command = CommandMacros.Expand(
            started.Command, assignment.Parameters, parametersFile, name => variables.GetValueOrDefault(name) ?? Environment.GetEnvironmentVariable(name));
        return new CommandProgram(started, command, variables);
    }

    /// <inheritdoc/>
    /// <remarks>The program knows itself how far to go and keeps its own checkpoints: <paramref name="toStep"/> and <paramref name="onCheckpoint"/> are not used.</remarks>
    /// <exception cref="ProgramException">It ended with an error or by a signal.</exception>
    public bool Run(int toStep, string checkpointDirectory, Action<MetricPoint> onPoint, Action<CheckpointNotice> onCheckpoint, CancellationToken stop)
    {
        if (stop.IsCancellationRequested) return false;
        var oomKills = KernelOutOfMemory.Kills();
        var began = Stopwatch.GetTimestamp();
        using var child = ChildProcess.Start(command, assignment.Command.Directory, environment,
            line =>
            {
                Console.Out.WriteLine(line);
                Keep(lastOutput, line);
                foreach (var point in metrics.Read(line, Stopwatch.GetElapsedTime(began).TotalSeconds))
                {
                    onPoint(point);
                    Step = (int)point.Step;
                }
            },
            line =>
            {
                Console.Error.WriteLine(line);
                Keep(lastErrors, line);
            });
        try
        {
            child.Exit.Wait(stop);
        }
        catch (OperationCanceledException)
        {
            child.Terminate();
            child.WaitForAll(TimeSpan.FromSeconds(assignment.StopGrace));
            child.End();
            return false; // whatever it makes of the signal
        }
        child.End();
        child.CheckLines();
        return child.ExitCode == 0 ? true : throw Failed(child.ExitCode, KernelOutOfMemory.Kills() > oomKills);
    }

    /// <inheritdoc/>
    public void Dispose() { }

    private ProgramException Failed(int exitCode, bool memoryRanOut)
    {
        var words = string.Join('\n', lastErrors.IsEmpty ? lastOutput : lastErrors);
        var signal = exitCode - 128;
        if (exitCode <= 128 || Crashes.ContainsKey(signal))
        {
            var how = exitCode <= 128 ? $"exit code {exitCode.ToString(CultureInfo.InvariantCulture)}" : $"signal {signal} ({Crashes[signal]})";
            return new ProgramException(Failure.IsOutOfMemory(words) ? AttemptOutcome.OutOfMemory : AttemptOutcome.UserError,
                words.Length == 0 ? $"The program ended with {how} and said nothing." : $"The program ended with {how}:\n{words}");
        }
        // Nobody says who killed it; the kernel counts those that it killed for want of memory.
        return signal == SigKill && memoryRanOut
            ? new ProgramException(AttemptOutcome.OutOfMemory, "The program was killed by the kernel: memory ran out.")
            : new ProgramException(AttemptOutcome.Lost, $"The program was ended by signal {signal.ToString(CultureInfo.InvariantCulture)}{(signal == SigKill ? " (SIGKILL)" : "")}.");
    }

    private static void Keep(ConcurrentQueue<string> lines, string line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        lines.Enqueue(line);
        if (lines.Count > LinesKept) lines.TryDequeue(out _);
    }
}
