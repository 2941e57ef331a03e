using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;
using Sweeps.Results.Records;

namespace Sweeps.Head;

/// <summary>What a user can ask of a sweep that has not ended.</summary>
public enum SweepCommand
{
    /// <summary>Workers write checkpoints and end, nothing more begins, until it is resumed.</summary>
    Pause,

    /// <summary>Goes on after a pause.</summary>
    Resume,

    /// <summary>No more runs begin; it ends when those that have begun do.</summary>
    Stop,

    /// <summary>Ends at once and for good.</summary>
    Cancel,
}

/// <summary>How the commands are carried out.</summary>
public static class SweepCommands
{
    /// <summary>Why it cannot be done, in one sentence; null when it can.</summary>
    public static string? Refusal(this SweepCommand command, SweepRecord sweep) =>
        sweep.Program == SweepSpec.Import ? $"Sweep {sweep.Name} ({sweep.Id}) was imported, not trained here: there is nothing to {command.ToString().ToLowerInvariant()}."
        : sweep.HasEnded ? $"Sweep {sweep.Name} ({sweep.Id}) has ended ({sweep.State.ToString().ToLowerInvariant()}): there is nothing to {command.ToString().ToLowerInvariant()}." : null;

    /// <summary>Through the sweep's grain, where there is a head.</summary>
    public static Task ApplyAsync(this SweepCommand command, ISweepGrain sweep) => command switch
    {
        SweepCommand.Pause => sweep.Pause(),
        SweepCommand.Resume => sweep.Resume(),
        SweepCommand.Stop => sweep.Stop(),
        SweepCommand.Cancel => sweep.Cancel(),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, null),
    };

    /// <summary>In the database, which nobody else has open: the next head acts on it.</summary>
    public static Task ApplyAsync(this SweepCommand command, ResultsStore store, long sweepId) => command switch
    {
        SweepCommand.Pause => store.PauseSweepAsync(sweepId),
        SweepCommand.Resume => store.ResumeSweepAsync(sweepId),
        SweepCommand.Stop => store.StopSweepAsync(sweepId),
        SweepCommand.Cancel => store.CancelSweepAsync(sweepId),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, null),
    };
}
