using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Nightly;

namespace Sweeps.Results.Nightly;

/// <summary>A nightly job as it is stored.</summary>
public sealed class NightlyJobRecord
{
    /// <summary>Its name, unique in the home.</summary>
    public required string Name { get; init; }

    /// <summary>Where its file lay when it was added, a full path, for messages; its directory is where a program of the user's is started.</summary>
    public required string FilePath { get; init; }

    /// <summary>The file as it was then; a night trains this, whatever the file says by now.</summary>
    public required string FileText { get; init; }

    /// <summary>The <see cref="NightlySubject"/> of the file.</summary>
    public required string Subject { get; init; }

    /// <summary>When nights begin.</summary>
    public required string Cron { get; init; }

    /// <summary>The zone of <see cref="Cron"/>, and of the nights' dates.</summary>
    public required string TimeZone { get; init; }

    /// <summary>How many nights before tonight it is compared with.</summary>
    public int Nights { get; init; } = NightlySpec.DefaultNights;

    /// <summary>What becomes of a night that is due while the one before is still trained.</summary>
    public NightOverlap Overlap { get; init; }

    /// <summary>The <see cref="AlertSpec"/> as JSON; null for none, and for one that must not be run because its file came from elsewhere.</summary>
    public string? AlertJson { get; init; }

    /// <summary>True when no night begins by itself.</summary>
    public bool IsPaused { get; internal set; }

    /// <summary>When it was added, or its file changed.</summary>
    public DateTimeOffset AddedAt { get; init; }

    /// <summary>The time up to which it is decided what became of its nights.</summary>
    public DateTimeOffset DecidedUntil { get; set; }

    /// <summary>Reads <see cref="Cron"/> and <see cref="TimeZone"/>.</summary>
    public NightlySchedule Schedule() => NightlySchedule.Parse(Cron, TimeZone);

    /// <summary>Reads <see cref="AlertJson"/>.</summary>
    public AlertSpec? Alert() => AlertJson is null ? null : JsonSerializer.Deserialize<AlertSpec>(AlertJson, Json.Options);

    /// <summary>The date of a night, in the job's zone: <c>2026-03-01</c>.</summary>
    public string NightOf(DateTimeOffset time) =>
        TimeZoneInfo.ConvertTime(time, TimeZoneInfo.FindSystemTimeZoneById(TimeZone)).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
