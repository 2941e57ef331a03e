using Sweeps.Core.Nightly;
using Sweeps.Results.Nightly;

namespace Sweeps.Head.Api;

/// <summary>A nightly job as the API shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cron">When nights begin.</param>
/// <param name="Timezone">The zone of that.</param>
/// <param name="ComparedWith">How many nights before tonight it is compared with.</param>
/// <param name="Overlap">What becomes of a night that is due while the one before is still trained.</param>
/// <param name="IsPaused">True when no night begins by itself.</param>
/// <param name="Next">When the next night begins; null for a paused job.</param>
/// <param name="File">Where its file lay when it was added.</param>
/// <param name="AddedAt">When it was added, or its file changed.</param>
/// <param name="AlertOn">What its alert is for; empty without one, and for a file that was not added on the head's machine, whose command is not run.</param>
/// <param name="History">Its nights, newest first.</param>
public sealed record NightlyJobView(string Name, string Cron, string Timezone, int ComparedWith, NightOverlap Overlap, bool IsPaused, DateTimeOffset? Next,
    string File, DateTimeOffset AddedAt, IReadOnlyList<NightEvent> AlertOn, IReadOnlyList<NightView> History)
{
    /// <summary>What is shown of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="nights">Its nights, newest first.</param>
    /// <param name="now">The time.</param>
    public static NightlyJobView Of(NightlyJobRecord job, IEnumerable<NightRecord> nights, DateTimeOffset now) => new(job.Name, job.Cron, job.TimeZone, job.Nights, job.Overlap,
        job.IsPaused, job.IsPaused ? null : job.Schedule().Next(now), job.FilePath, job.AddedAt, job.Alert()?.On ?? [], [.. nights.Select(NightView.Of)]);
}

/// <summary>A night as the API shows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Night">Its date in the job's zone.</param>
/// <param name="DueAt">When it was to begin; when it was asked for.</param>
/// <param name="IsRequested">Whether somebody asked for it, instead of the schedule.</param>
/// <param name="State">Where it stands.</param>
/// <param name="SweepId">Its sweep, or null when it has not begun.</param>
/// <param name="EndedAt">When it was judged or given up.</param>
/// <param name="Events">What can be said of it.</param>
/// <param name="Verdict">How it compares with the nights before, or why it did not begin.</param>
/// <param name="Report">Path of its report on the head's machine.</param>
/// <param name="Alert">What became of the alert.</param>
/// <param name="Subject">Nights with the same one measured the same and are compared.</param>
/// <param name="Result">What it measured, or null.</param>
public sealed record NightView(long Id, string Night, DateTimeOffset DueAt, bool IsRequested, NightState State, long? SweepId, DateTimeOffset? EndedAt,
    IReadOnlyList<NightEvent> Events, string? Verdict, string? Report, string? Alert, string Subject, NightResult? Result)
{
    /// <summary>What is shown of a night.</summary>
    public static NightView Of(NightRecord night) => new(night.Id, night.Night, night.DueAt, night.IsRequested, night.State, night.SweepId, night.EndedAt, night.EventList(),
        night.Verdict, night.Report, night.Alert, night.Subject, night.Result());
}

/// <summary>What adding a job did.</summary>
/// <param name="Addition">Whether the job is new, or measures the same as before.</param>
/// <param name="RunsAlert">False when the file has an alert whose command is not run, because the file does not lie on the head's machine.</param>
/// <param name="Job">The job.</param>
public sealed record NightlyAdded(NightlyAddition Addition, bool RunsAlert, NightlyJobView Job);
