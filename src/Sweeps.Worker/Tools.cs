using Sweeps.Core.Protocol;
using Sweeps.Training.Checkpoints;

namespace Sweeps.Worker;

/// <summary>
/// What the <c>sweeps</c> command lets the worker do beside attempts, because only the worker loads libtorch:
/// <c>Sweeps.Worker NAME ARGUMENTS</c>. The command has checked the arguments. A tool prints its results for people; it ends with
/// <see cref="WorkerExitCode.Completed"/>, or with <see cref="WorkerExitCode.UserError"/> and a sentence on standard error.
/// </summary>
public static class Tools
{
    private static readonly Dictionary<string, Action<string[]>> All = new()
    {
        ["export"] = Export,
    };

    /// <summary>Names of the tools.</summary>
    public static IEnumerable<string> Names => All.Keys;

    /// <summary>The tool of a name, or null.</summary>
    public static Action<string[]>? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>Runs a tool.</summary>
    /// <returns>One of <see cref="WorkerExitCode"/>.</returns>
    public static int Run(Action<string[]> tool, string[] arguments)
    {
        try
        {
            tool(arguments);
            return WorkerExitCode.Completed;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"sweeps: {exception.Message}");
            return WorkerExitCode.UserError;
        }
        catch (Exception exception)
        {
            var (outcome, error) = Failure.Describe(exception);
            Console.Error.WriteLine($"sweeps: {error}");
            return outcome == AttemptOutcome.OutOfMemory ? WorkerExitCode.OutOfMemory : WorkerExitCode.UserError;
        }
    }

    // export CHECKPOINT nanogpt|gpt2 FILE
    private static void Export(string[] arguments)
    {
        var (checkpoint, format, file) = (arguments[0], Enum.Parse<WeightFormat>(arguments[1], ignoreCase: true), arguments[2]);
        var bytes = WeightExport.Write(checkpoint, format, file);
        Console.WriteLine($"Wrote {file} ({bytes / 1048576.0:0.0} MiB) with the names of {arguments[1]}.");
    }
}
