using NCrontab;

namespace Sweeps.Core.Nightly;

/// <summary>When a nightly job begins: a cron expression of five fields (minute, hour, day of the month, month, day of the week) in a time zone.</summary>
/// <remarks>
/// Where clocks are set forward, a time that they leave out is the first moment after the gap; where they are set back, a time that comes twice is
/// the first of the two. So a job at 02:30 begins once in every night.
/// </remarks>
public sealed class NightlySchedule
{
    private readonly CrontabSchedule cron;
    private readonly TimeZoneInfo zone;

    private NightlySchedule(string text, CrontabSchedule cron, TimeZoneInfo zone) => (Cron, this.cron, this.zone) = (text, cron, zone);

    /// <summary>The cron expression.</summary>
    public string Cron { get; }

    /// <summary>Name of the time zone, such as <c>Europe/Paris</c>.</summary>
    public string TimeZone => zone.Id;

    /// <summary>Reads a schedule.</summary>
    /// <param name="cron">For example <c>0 2 * * *</c>, each night at two.</param>
    /// <param name="timeZone">An IANA name; UTC when null.</param>
    /// <exception cref="FormatException">One of them is wrong; the message is part of a sentence and says how to write it.</exception>
    public static NightlySchedule Parse(string cron, string? timeZone = null)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone ?? "UTC", out var zone))
            throw new FormatException($"the time zone \"{timeZone}\" is not known; write an IANA name such as Europe/Paris, or UTC");
        var fields = cron.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
            throw new FormatException($"a cron expression has five fields (minute, hour, day of the month, month, day of the week), such as 0 2 * * * for each night at two; \"{cron}\" has {fields.Length}");
        // Cron starts a job on either day, the library on days that are both: rather than surprise one reader, neither.
        if (fields[2] != "*" && fields[4] != "*")
            throw new FormatException($"\"{cron}\" names days of the month and days of the week; write * for one of them");
        // The library overflows with longer numbers, and takes steps of 0 for steps of 1.
        var isSensible = fields.All(field => field.Split('-', '/', ',').All(number => number.Length <= 9) && !field.Split(',').Any(part => part.EndsWith("/0", StringComparison.Ordinal)));
        return isSensible && CrontabSchedule.TryParse(string.Join(' ', fields)) is { } schedule && Occurs(schedule)
            ? new NightlySchedule(cron, schedule, zone)
            : throw new FormatException($"\"{cron}\" is no time that ever comes; fields are minute (0-59), hour (0-23), day of the month (1-31), month (1-12), day of the week (0-6, 0 is Sunday), such as 0 2 * * *");
    }

    /// <summary>The first time after another.</summary>
    public DateTimeOffset Next(DateTimeOffset after)
    {
        var local = TimeZoneInfo.ConvertTime(after, zone).DateTime;
        // A time of the repeated hour may have been passed already, and one in a gap comes an hour later than it says.
        for (var candidate = local.AddHours(-2); ;)
        {
            candidate = cron.GetNextOccurrence(candidate);
            if (MomentOf(candidate) is var moment && moment > after) return moment;
        }
    }

    /// <summary>The newest time after one moment and up to another; null when there is none. However many nights were missed, this is the one to make up for.</summary>
    public DateTimeOffset? LastDue(DateTimeOffset after, DateTimeOffset until)
    {
        DateTimeOffset? last = null;
        for (var next = Next(after); next <= until; next = Next(next)) last = next;
        return last;
    }

    private DateTimeOffset MomentOf(DateTime local)
    {
        if (zone.IsInvalidTime(local))
        {
            // The offset before the gap takes it as far beyond the gap as it was into it: back to the gap's end.
            var into = new DateTimeOffset(local, zone.GetUtcOffset(local.AddHours(-3)));
            var (low, high) = (into.AddHours(-3), into);
            while (high - low > TimeSpan.FromSeconds(1))
            {
                var middle = low + (high - low) / 2;
                if (zone.GetUtcOffset(middle) == zone.GetUtcOffset(into)) high = middle;
                else low = middle;
            }
            return TimeZoneInfo.ConvertTime(new DateTimeOffset(high.Ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, high.Offset), zone);
        }
        return new DateTimeOffset(local, zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local));
    }

    // The 30th of February, for example, never does.
    private static bool Occurs(CrontabSchedule schedule)
    {
        var (start, end) = (new DateTime(2000, 1, 1), new DateTime(2008, 1, 1));
        return schedule.GetNextOccurrence(start, end) < end;
    }
}
