using Sweeps.Charts;
using Sweeps.Core.Nightly;
using Sweeps.Core.Statistics;
using Sweeps.Results.Nightly;

namespace Sweeps.Head.Nightly;

/// <summary>One night of a chart.</summary>
/// <param name="Due">When it was to begin, in the job's zone.</param>
/// <param name="Result">What it measured, or null.</param>
internal sealed record HistoryNight(DateTimeOffset Due, NightResult? Result);

/// <summary>A job's nights as lines of a chart.</summary>
internal static class NightHistory
{
    /// <summary>Nights that a chart shows.</summary>
    public const int Nights = 30;

    private const int MostLines = 10;

    /// <summary>The newest nights before one, or of all, that measured the same, oldest first.</summary>
    /// <param name="nights">All nights of the job, newest first.</param>
    /// <param name="subject">What they measured.</param>
    /// <param name="timeZone">The zone of their dates.</param>
    /// <param name="before">Id of the night before which they are; null for all.</param>
    public static IEnumerable<HistoryNight> Of(IEnumerable<NightRecord> nights, string subject, string timeZone, long? before = null)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
        return nights.Where(night => night.Subject == subject && night.EndedAt is not null && !(night.Id >= before)).Take(Nights)
            .Select(night => new HistoryNight(TimeZoneInfo.ConvertTime(night.DueAt, zone), night.Result())).Reverse();
    }

    /// <summary>The metric of each configuration, night by night.</summary>
    /// <param name="nights">Nights that measured the same, oldest first.</param>
    public static IReadOnlyList<NightCurve> Metric(IReadOnlyList<HistoryNight> nights) => Curves(nights, one => one.Values, one => one.Metric);

    /// <summary>The speed of each configuration, night by night.</summary>
    /// <param name="nights">Nights that measured the same, oldest first.</param>
    public static IReadOnlyList<NightCurve> Speed(IReadOnlyList<HistoryNight> nights) => Curves(nights, one => one.Speeds, one => one.Speed);

    private static IReadOnlyList<NightCurve> Curves(IReadOnlyList<HistoryNight> nights,
        Func<NightConfiguration, IReadOnlyDictionary<int, double>> values, Func<NightConfiguration, NightComparison?> comparison)
    {
        if (nights.LastOrDefault(night => night.Result is not null)?.Result is not { } newest) return [];
        // Where not all have a line, those that changed last do.
        var shown = newest.Configurations.OrderByDescending(one => one.IsBaseline).ThenByDescending(one => comparison(one)?.Change is NightlyChange.Regressed or NightlyChange.Improved)
            .Take(MostLines).Select(one => one.Parameters).ToHashSet();
        var hasOne = newest.Configurations.Count(one => one.IsBaseline) == 1;
        return [.. newest.Configurations.Where(one => shown.Contains(one.Parameters)).Select(one => new NightCurve(one.Label, hasOne && one.IsBaseline,
            [.. nights.Select(night => Point(night.Due, night.Result?.Configurations.FirstOrDefault(same => same.Parameters == one.Parameters), values, comparison))]))];
    }

    private static NightPoint Point(DateTimeOffset time, NightConfiguration? one, Func<NightConfiguration, IReadOnlyDictionary<int, double>> values,
        Func<NightConfiguration, NightComparison?> comparison)
    {
        var finite = one is null ? [] : values(one).Values.Where(double.IsFinite).ToArray();
        if (finite.Length == 0) return new NightPoint(time, null);
        var sample = Sample.Of(finite);
        // As in curves of the loss: the interval of two seeds would hide everything.
        var interval = finite.Length == 2 ? new Interval(finite.Min(), finite.Max()) : sample.Interval();
        return new NightPoint(time, sample.Mean, interval?.Low, interval?.High, comparison(one!)?.Change switch
        {
            NightlyChange.Regressed => NightStanding.Regression, NightlyChange.Improved => NightStanding.Improvement, _ => NightStanding.Usual,
        });
    }
}
