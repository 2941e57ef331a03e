using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Nightly;

namespace Sweeps.Results.Nightly;

/// <summary>Where a night stands.</summary>
public enum NightState
{
    /// <summary>It begins when the night before has ended.</summary>
    Waiting,

    /// <summary>Its sweep is trained, or is to be judged.</summary>
    Running,

    /// <summary>Its sweep ended with results.</summary>
    Completed,

    /// <summary>It could not begin, or none of its runs completed.</summary>
    Failed,

    /// <summary>It did not begin because the night before was still trained.</summary>
    Skipped,

    /// <summary>Its sweep was cancelled, or it waited when its job was removed.</summary>
    Cancelled,
}

/// <summary>One night of a nightly job as it is stored; it stays when the job is removed.</summary>
public sealed class NightRecord
{
    /// <summary>Number in this database; grows with time.</summary>
    public long Id { get; internal set; }

    /// <summary>Name of the job.</summary>
    public required string Job { get; init; }

    /// <summary>Its date in the job's time zone, <c>2026-03-01</c>.</summary>
    public required string Night { get; init; }

    /// <summary>When it was to begin; when it was asked for.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>Whether somebody asked for it, instead of the schedule.</summary>
    public bool IsRequested { get; init; }

    /// <summary>The <see cref="NightlySubject"/> of what it trains.</summary>
    public required string Subject { get; set; }

    /// <summary>Where it stands.</summary>
    public NightState State { get; internal set; }

    /// <summary>Its sweep, or null when it has not begun.</summary>
    public long? SweepId { get; internal set; }

    /// <summary>When it was judged or given up, or null.</summary>
    public DateTimeOffset? EndedAt { get; internal set; }

    /// <summary>What can be said of it: <see cref="NightEvent"/>s in lower case with commas between.</summary>
    public string Events { get; internal set; } = "";

    /// <summary>How it compares with the nights before, or why it did not begin; null before its end.</summary>
    public string? Verdict { get; internal set; }

    /// <summary>The <see cref="NightResult"/> as JSON; null without one.</summary>
    public string? ResultJson { get; internal set; }

    /// <summary>Path of its <c>report.html</c>, or null.</summary>
    public string? Report { get; internal set; }

    /// <summary>What became of the alert, a sentence; null when there was none.</summary>
    public string? Alert { get; internal set; }

    /// <summary>Whether the alert is still to be sent.</summary>
    public bool IsAlertDue { get; internal set; }

    /// <summary>Reads <see cref="ResultJson"/>.</summary>
    public NightResult? Result() => ResultJson is null ? null : JsonSerializer.Deserialize<NightResult>(ResultJson, Json.Options);

    /// <summary>Reads <see cref="Events"/>.</summary>
    public IReadOnlyList<NightEvent> EventList() =>
        [.. Events.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => Enum.Parse<NightEvent>(text, ignoreCase: true))];
}
