using System.Globalization;
using Sweeps.Core.Nightly;

namespace Sweeps.Core.Tests.Nightly;

public sealed class NightDecisionTests
{
    private static readonly NightlySchedule Night = NightlySchedule.Parse("30 2 * * *", "Europe/Paris");

    [Fact]
    public void Before_its_time_no_night_is_due()
    {
        Assert.Null(Decide("2026-01-14T12:00Z", "2026-01-15T01:29:59Z"));
        Assert.Equal(new NightDecision(Time("2026-01-15T01:30Z"), NightAction.Begin), Decide("2026-01-14T12:00Z", "2026-01-15T01:30Z"));
        // It was decided.
        Assert.Null(Decide("2026-01-15T01:30Z", "2026-01-15T01:30Z"));
    }

    [Fact]
    public void The_newest_of_many_missed_nights_is_made_up_for() =>
        Assert.Equal(new NightDecision(Time("2026-02-20T01:30Z"), NightAction.Begin), Decide("2026-01-14T12:00Z", "2026-02-20T09:00Z"));

    [Theory]
    [InlineData(NightOverlap.Skip, false, NightAction.Skip)]
    [InlineData(NightOverlap.Queue, false, NightAction.Wait)]
    [InlineData(NightOverlap.Queue, true, NightAction.Skip)]
    public void A_night_that_is_due_too_early_is_skipped_or_waits_alone(NightOverlap overlap, bool isWaiting, NightAction action) =>
        Assert.Equal(action, Decide("2026-01-14T12:00Z", "2026-01-15T02:00Z", overlap, isBusy: true, isWaiting)!.Action);

    private static NightDecision? Decide(string decided, string now, NightOverlap overlap = NightOverlap.Skip, bool isBusy = false, bool isWaiting = false) =>
        NightDecision.Of(Night, overlap, Time(decided), Time(now), isBusy, isWaiting);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
