using System.Diagnostics;
using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Workers;

namespace Sweeps.Cli;

/// <summary>Runs one of the worker's tools in the foreground: the command itself never loads libtorch.</summary>
internal static class WorkerTool
{
    /// <summary>Runs it on the first GPU, else with all cores; what it prints goes where this command's output goes.</summary>
    /// <param name="home">Where data sets are.</param>
    /// <param name="arguments">Name of the tool and its arguments.</param>
    /// <returns>One of <see cref="ExitCode"/>; the tool has said on standard error what went wrong.</returns>
    public static async Task<int> RunAsync(Home home, params string[] arguments)
    {
        var slot = SlotDetection.Detect(threadsPerSlot: Environment.ProcessorCount)[0];
        using var process = Process.Start(WorkerCommand.ForTool(Installation.RequireWorker(), home.Data, slot, arguments))!;
        await process.WaitForExitAsync();
        return process.ExitCode switch
        {
            WorkerExitCode.Completed => ExitCode.Ok,
            WorkerExitCode.UserError or WorkerExitCode.OutOfMemory => ExitCode.BadInput,
            _ => ExitCode.Internal,
        };
    }
}
