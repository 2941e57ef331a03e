using System.Globalization;
using Sweeps.Core.Commands;
using Sweeps.Core.Protocol;

namespace Sweeps.Worker;

/// <summary>The variables that tell a program of the user's what it runs for.</summary>
internal static class CommandEnvironment
{
    /// <summary>The variables of an attempt; the token of the head is not among them.</summary>
    public static IReadOnlyDictionary<string, string> Of(Assignment assignment, CommandAssignment command)
    {
        var (sweep, run) = (Text(command.SweepId), Text(command.RunId));
        var variables = new Dictionary<string, string>
        {
            ["SWEEPS_SWEEP_ID"] = sweep,
            ["SWEEPS_SWEEP_NAME"] = assignment.SweepName,
            ["SWEEPS_RUN_ID"] = run,
            ["SWEEPS_STAGE_ID"] = Text(assignment.StageId),
            ["SWEEPS_ATTEMPT_ID"] = assignment.AttemptId,
            ["SWEEPS_ATTEMPT"] = Text(assignment.Attempt),
            ["SWEEPS_SEED"] = Text(assignment.Seed),
            ["SWEEPS_PARAMETERS"] = PythonText.Json(CommandMacros.Nested(command.Command, assignment.Parameters)),
            ["SWEEPS_RESUME_DIR"] = Path.GetFullPath(assignment.CheckpointDirectory),
            ["SWEEPS_THREADS"] = Text(assignment.Threads),
            ["SWEEPS_DATA"] = assignment.DataDirectory,
            ["WANDB_SWEEP_ID"] = sweep,
            ["WANDB_RUN_ID"] = run,
        };
        // Python keeps what it prints into a pipe back, and metrics would come late or, when it is killed, never.
        if (Environment.GetEnvironmentVariable("PYTHONUNBUFFERED") is null) variables["PYTHONUNBUFFERED"] = "1";
        return variables;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
