using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Grains;
using Sweeps.Results.Attempts;

namespace Sweeps.Orchestration.Attempts;

/// <summary>What follows from comparing an agent's report with the attempts that the database has on its machine.</summary>
/// <param name="Ended">Attempts that have ended, with their sweeps.</param>
/// <param name="Stop">Workers that should write a checkpoint and end.</param>
/// <param name="Unknown">Workers whose attempt the database does not have as under way: given up as lost, or fenced.</param>
public sealed record MachinePlan(
    IReadOnlyList<(long SweepId, AttemptEnding Ending)> Ended, IReadOnlyList<AttemptKey> Stop, IReadOnlyList<AttemptKey> Unknown)
{
    /// <summary>Compares.</summary>
    public static MachinePlan Of(IReadOnlyList<OpenAttempt> open, MachineReport report)
    {
        var running = report.Running.ToHashSet();
        var endings = report.Ended.ToDictionary(ending => ending.Attempt);
        var ended = new List<(long, AttemptEnding)>();
        var stop = new List<AttemptKey>();
        foreach (var attempt in open)
        {
            var key = new AttemptKey(attempt.StageId, attempt.Number);
            if (endings.TryGetValue(key, out var ending)) ended.Add((attempt.SweepId, WorkerExit.Explain(ending)));
            else if (!running.Contains(key)) ended.Add((attempt.SweepId, Vanished(key)));
            else if (!attempt.ShouldGoOn) stop.Add(key);
        }
        var known = open.Select(attempt => new AttemptKey(attempt.StageId, attempt.Number)).ToHashSet();
        return new MachinePlan(ended, stop, [.. report.Running.Where(key => !known.Contains(key))]);
    }

    /// <summary>The order to begin it was lost, or it ended together with its agent: neither says anything against the stage.</summary>
    private static AttemptEnding Vanished(AttemptKey key) =>
        new(key.StageId, key.Number, AttemptOutcome.Lost, -1, "The order to begin did not arrive, or the worker ended while its agent was not running.", IsNobodysFault: true);
}
