namespace Sweeps.Core.Nightly;

/// <summary>What becomes of a night that is due while the one before is still trained.</summary>
public enum NightOverlap
{
    /// <summary>It is left out, and recorded as such.</summary>
    Skip,

    /// <summary>It begins when the other has ended; at most one waits.</summary>
    Queue,
}

/// <summary>What can be said of a night, and what an alert is asked for.</summary>
public enum NightEvent
{
    /// <summary>The metric of a configuration is worse than in the nights before.</summary>
    Regression,

    /// <summary>Training of a configuration is slower than in the nights before.</summary>
    Slower,

    /// <summary>The metric of a configuration is better than in the nights before.</summary>
    Improvement,

    /// <summary>Runs failed, or the night could not begin.</summary>
    Failed,

    /// <summary>The night before was still trained.</summary>
    Skipped,

    /// <summary>The night was trained to its end, whatever came of it.</summary>
    Completed,
}

/// <summary><c>schedule</c> of a sweep file: the sweep is a nightly job.</summary>
/// <param name="Schedule">When its nights begin.</param>
/// <param name="Nights">How many nights before tonight it is compared with.</param>
/// <param name="Overlap">What becomes of a night that is due too early.</param>
public sealed record NightlySpec(NightlySchedule Schedule, int Nights = NightlySpec.DefaultNights, NightOverlap Overlap = NightOverlap.Skip)
{
    /// <summary>Two weeks.</summary>
    public const int DefaultNights = 14;
}

/// <summary><c>alert</c> of a sweep file: a command for nights that somebody should hear of.</summary>
/// <param name="On">Any of them calls for it.</param>
/// <param name="Command">The program to start and its arguments, with <see cref="AlertMacros"/>.</param>
public sealed record AlertSpec(IReadOnlyList<NightEvent> On, IReadOnlyList<string> Command);
