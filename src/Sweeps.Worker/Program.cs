using System.Runtime.InteropServices;
using Sweeps.Core.Protocol;
using Sweeps.Worker;

// An agent gives the path of an assignment, with "command" before it when a program of the user's is started and "deliver" when such a worker
// was killed; everything else is in Attempt.
// The command line's own tools have a name and arguments: see Tools.
var tool = args is [var name, ..] ? Tools.Find(name) : null;
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, StopOnce);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, StopOnce);

var isCommand = args is ["command" or "deliver", _];
var preloading = isCommand ? Task.CompletedTask : Task.Factory.StartNew(GptProgram.Preload, TaskCreationOptions.LongRunning);
try
{
    if (tool is not null) return Tools.Run(tool, args[1..]);
    if (args.Length != 1 && !isCommand) throw new AssignmentException($"usage: Sweeps.Worker [command|deliver] ASSIGNMENT.json, or one of {string.Join(", ", Tools.Names)} with its arguments");
    var assignment = AssignmentFile.Read(args[^1]);
    if (args[0] == "deliver") return await Attempt.DeliverAsync(assignment, WorkerOptions.FromEnvironment());
    var code = await new Attempt(assignment, isCommand ? CommandProgram.Start : GptProgram.Start, WorkerOptions.FromEnvironment()).RunAsync(stop.Token);
    // A fenced attempt ends at once: its training thread is in the middle of a step, which an orderly exit would have to wait for.
    if (code is WorkerExitCode.Fenced or WorkerExitCode.HeadUnreachable) HardExit(code);
    return code;
}
catch (AssignmentException exception)
{
    Console.Error.WriteLine(exception.Message);
    return WorkerExitCode.UserError;
}
finally
{
    await preloading; // a process must not end in the middle of loading a library
}

// The first signal asks for a checkpoint. A second Ctrl-C ends the process as it would without us; a second SIGTERM does not, because
// batch systems send it to each process of a job after its script has passed on one, and follow with SIGKILL anyway.
void StopOnce(PosixSignalContext context)
{
    context.Cancel = (context.Signal == PosixSignal.SIGTERM && tool is null) || !stop.IsCancellationRequested;
    stop.Cancel();
}

[DllImport("libc", EntryPoint = "_exit")]
static extern void HardExit(int code);
