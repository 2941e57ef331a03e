namespace Sweeps.Core.Statistics;

/// <summary>How durations are written.</summary>
public static class DurationText
{
    /// <summary>A duration by its two largest units: <c>1 h 5 min</c>, <c>3 min 20 s</c>, <c>45 s</c>.</summary>
    public static string Of(TimeSpan time) => time switch
    {
        { TotalHours: >= 1 } => $"{(long)time.TotalHours} h {time.Minutes} min",
        { TotalMinutes: >= 1 } => $"{time.Minutes} min {time.Seconds} s",
        _ => $"{Math.Max(0, (int)Math.Round(time.TotalSeconds))} s",
    };
}
