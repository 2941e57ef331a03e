using Sweeps.Core.Statistics;

namespace Sweeps.Core.Tests.Statistics;

public sealed class TrainingSecondsTests
{
    // Two seconds a step up to step 60, three from there on; measured at 0, 50 and 100.
    private static readonly CurvePoint[] Points = [new(100, 1000, 240, 1), new(0, 0, 0, 4), new(50, 500, 100, 2)];

    [Fact]
    public void What_runs_have_in_common_is_counted_once_and_what_they_would_take_alone_each_time()
    {
        var common = new TrainedSpan(1, 0, 50, IsEarlier: false);
        var time = TrainingSeconds.Of([(Points, [common, new(2, 50, 100, false)]), (Points, [common, new(3, 50, 100, false)])]);
        Assert.Equal(new TrainingSeconds(100 + 140 + 140, 0, 480), time);
        Assert.Equal(100, time.Saved);
    }

    [Fact]
    public void Between_points_the_time_is_in_proportion_and_that_of_earlier_sweeps_is_told_apart()
    {
        var time = TrainingSeconds.Of([(Points, [new(1, 0, 75, IsEarlier: true), new(2, 75, 100, false)])]);
        Assert.Equal(new TrainingSeconds(70, 170, 240), time);
        Assert.Equal(0, time.Saved);
    }

    [Fact]
    public void A_run_that_has_no_point_yet_counts_for_nothing() =>
        Assert.Equal(default, TrainingSeconds.Of([([], [new(1, 0, 50, false)])]));
}
