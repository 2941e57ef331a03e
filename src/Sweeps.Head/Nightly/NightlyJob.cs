using System.Text.Json;
using System.Text.RegularExpressions;
using Sweeps.Core;
using Sweeps.Core.Nightly;
using Sweeps.Core.SweepFiles;
using Sweeps.Results;
using Sweeps.Results.Nightly;

namespace Sweeps.Head.Nightly;

/// <summary>How a sweep file becomes a nightly job.</summary>
public static partial class NightlyJob
{
    /// <summary>The job of a sweep file.</summary>
    /// <param name="spec">The file.</param>
    /// <param name="path">Where it lies, a full path.</param>
    /// <param name="isLocal">Whether the file lies on this machine: only then is its alert's command run.</param>
    /// <param name="now">The time; nights that were due before are not missed.</param>
    /// <param name="name">Another name than the sweep's, or null.</param>
    /// <param name="cron">Another schedule than the file's, or null.</param>
    /// <param name="timeZone">Another time zone than the file's, or null.</param>
    /// <exception cref="ResultsException">The name or the schedule is missing or wrong.</exception>
    public static NightlyJobRecord Of(SweepSpec spec, string path, bool isLocal, DateTimeOffset now, string? name = null, string? cron = null, string? timeZone = null)
    {
        name ??= spec.Name;
        if (!Name().IsMatch(name))
            throw Refused($"A nightly job's name is made of letters, digits, '-', '_' and '.', at most 80, and begins with a letter or digit; \"{name}\" is not: give another one with --name.");
        if (cron is null && spec.Schedule is null)
            throw Refused($"{path} has no schedule: add schedule: {{cron: \"0 2 * * *\", timezone: Europe/Paris}} to it, or give --cron \"0 2 * * *\".");
        var schedule = Schedule(cron ?? spec.Schedule!.Schedule.Cron, timeZone ?? spec.Schedule?.Schedule.TimeZone);
        return new NightlyJobRecord
        {
            Name = name, FilePath = path, FileText = spec.Yaml, Subject = NightlySubject.Of(spec), Cron = schedule.Cron, TimeZone = schedule.TimeZone,
            Nights = spec.Schedule?.Nights ?? NightlySpec.DefaultNights, Overlap = spec.Schedule?.Overlap ?? NightOverlap.Skip,
            AlertJson = isLocal && spec.Alert is { } alert ? JsonSerializer.Serialize(alert, Json.Options) : null,
            AddedAt = now, DecidedUntil = now,
        };
    }

    private static NightlySchedule Schedule(string cron, string? timeZone)
    {
        try
        {
            return NightlySchedule.Parse(cron, timeZone);
        }
        catch (FormatException exception)
        {
            throw Refused($"The schedule cannot be used: {exception.Message}.");
        }
    }

    private static ResultsException Refused(string message) => new(ResultsFailure.Refused, message);

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
    private static partial Regex Name();
}
