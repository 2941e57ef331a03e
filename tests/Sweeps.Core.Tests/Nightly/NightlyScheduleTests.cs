using System.Globalization;
using Sweeps.Core.Nightly;

namespace Sweeps.Core.Tests.Nightly;

public sealed class NightlyScheduleTests
{
    private static readonly NightlySchedule Night = NightlySchedule.Parse("30 2 * * *", "Europe/Paris");

    [Fact]
    public void A_night_begins_at_the_zones_time()
    {
        Assert.Equal(Time("2026-01-15T01:30:00Z"), Night.Next(Time("2026-01-14T12:00:00Z")));
        Assert.Equal(Time("2026-07-15T00:30:00Z"), Night.Next(Time("2026-07-14T12:00:00Z")));
        Assert.Equal(TimeSpan.FromHours(2), Night.Next(Time("2026-07-14T12:00:00Z")).Offset);
        Assert.Equal(Time("2026-01-16T01:30:00Z"), Night.Next(Time("2026-01-15T01:30:00Z")));
        Assert.Equal(Time("2026-01-15T02:00:00Z"), NightlySchedule.Parse("0 2 * * *").Next(Time("2026-01-14T12:00:00Z")));
    }

    // Clocks in Paris go from 02:00 to 03:00 on 29 March 2026, at 01:00 UTC.
    [Fact]
    public void A_time_that_the_clocks_leave_out_is_the_first_moment_after_the_gap()
    {
        Assert.Equal(Time("2026-03-29T01:00:00Z"), Night.Next(Time("2026-03-28T12:00:00Z")));
        Assert.Equal(Time("2026-03-30T00:30:00Z"), Night.Next(Time("2026-03-29T01:00:00Z")));
    }

    // Clocks in Paris go from 03:00 to 02:00 on 25 October 2026, at 01:00 UTC: 02:30 is at 00:30 UTC and again at 01:30 UTC.
    [Fact]
    public void A_time_that_comes_twice_is_the_first_of_the_two()
    {
        Assert.Equal(Time("2026-10-25T00:30:00Z"), Night.Next(Time("2026-10-24T12:00:00Z")));
        Assert.Equal(Time("2026-10-26T01:30:00Z"), Night.Next(Time("2026-10-25T00:30:00Z")));
        Assert.Equal(Time("2026-10-26T01:30:00Z"), Night.Next(Time("2026-10-25T01:10:00Z")));
    }

    [Fact]
    public void Every_day_of_many_years_has_one_night()
    {
        foreach (var zone in new[] { "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC" })
        {
            var schedule = NightlySchedule.Parse("30 2 * * *", zone);
            var nights = new List<DateTimeOffset>();
            for (var night = schedule.Next(Time("2020-01-01T12:00:00Z")); night < Time("2030-01-01T12:00:00Z"); night = schedule.Next(night)) nights.Add(night);
            Assert.Equal(3653, nights.Count);
            Assert.Equal(nights.Count, nights.Select(night => night.Date).Distinct().Count());
            Assert.All(nights.Zip(nights.Skip(1)), pair => Assert.InRange((pair.Second - pair.First).TotalHours, 22.5, 25.5));
        }
    }

    [Fact]
    public void Of_missed_nights_the_newest_is_due()
    {
        Assert.Equal(Time("2026-01-18T01:30:00Z"), Night.LastDue(Time("2026-01-15T01:30:00Z"), Time("2026-01-18T20:00:00Z")));
        Assert.Null(Night.LastDue(Time("2026-01-15T01:30:00Z"), Time("2026-01-16T01:29:59Z")));
        Assert.Equal(Time("2026-01-16T01:30:00Z"), Night.LastDue(Time("2026-01-15T01:30:00Z"), Time("2026-01-16T01:30:00Z")));
    }

    [Theory]
    [InlineData("0 2 * *", null, "five fields")]
    [InlineData("0 25 * * *", null, "hour (0-23)")]
    [InlineData("0 2 30 2 *", null, "no time that ever comes")]
    [InlineData("0 2 1 * 1", null, "write * for one of them")]
    [InlineData("nightly", null, "has 1")]
    [InlineData("99999999999 2 * * *", null, "no time that ever comes")]
    [InlineData("*/0 2 * * *", null, "no time that ever comes")]
    [InlineData("0 2 * * *", "Europe/Pari", "IANA")]
    public void What_cannot_be_read_is_refused_with_the_way_to_write_it(string cron, string? zone, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => NightlySchedule.Parse(cron, zone)).Message);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
