namespace Sweeps.Core.Nightly;

/// <summary>What becomes of a night that is due.</summary>
public enum NightAction
{
    /// <summary>It begins.</summary>
    Begin,

    /// <summary>It is left out: the one before is still trained.</summary>
    Skip,

    /// <summary>It waits for the end of the one before.</summary>
    Wait,
}

/// <summary>A night that is due.</summary>
/// <param name="Due">When it was to begin.</param>
/// <param name="Action">What becomes of it.</param>
public sealed record NightDecision(DateTimeOffset Due, NightAction Action)
{
    /// <summary>Decides; however many nights were missed, the newest stands for all of them.</summary>
    /// <param name="schedule">When nights begin.</param>
    /// <param name="overlap">What the job asks for when the one before is still trained.</param>
    /// <param name="decidedUntil">The time up to which nights have been decided.</param>
    /// <param name="now">The time.</param>
    /// <param name="isBusy">Whether a night of the job is still trained.</param>
    /// <param name="isWaiting">Whether another one waits already.</param>
    /// <returns>Null when none is due.</returns>
    public static NightDecision? Of(NightlySchedule schedule, NightOverlap overlap, DateTimeOffset decidedUntil, DateTimeOffset now, bool isBusy, bool isWaiting) =>
        schedule.LastDue(decidedUntil, now) is not { } due ? null
        : new(due, !isBusy && !isWaiting ? NightAction.Begin : overlap == NightOverlap.Queue && !isWaiting ? NightAction.Wait : NightAction.Skip);
}
