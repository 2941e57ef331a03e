using Sweeps.Core.Schedules;

namespace Sweeps.Core.Tests.Schedules;

public sealed class LearningRateScheduleTests
{
    private static readonly LearningRateSchedule NanoGpt = new(Peak: 1e-3, Minimum: 1e-4, WarmupSteps: 100, DecaySteps: 2000);

    [Theory]
    [InlineData(0, 1e-3 / 101)]
    [InlineData(49, 1e-3 * 50 / 101)]
    [InlineData(100, 1e-3)]
    [InlineData(1050, 5.5e-4)]
    [InlineData(2000, 1e-4)]
    [InlineData(5000, 1e-4)]
    public void It_is_nanogpts(long step, double expected) => Assert.Equal(expected, NanoGpt.At(step), 1e-12);

    [Fact]
    public void It_rises_through_the_warm_up_and_falls_after_it()
    {
        for (var step = 0; step < 100; step++) Assert.True(NanoGpt.At(step) < NanoGpt.At(step + 1));
        for (var step = 100; step < 2000; step++) Assert.True(NanoGpt.At(step) > NanoGpt.At(step + 1));
    }

    [Fact]
    public void Without_room_for_a_decay_it_is_at_the_floor_after_the_warm_up() =>
        Assert.Equal(1e-4, new LearningRateSchedule(1e-3, 1e-4, 10, 10).At(10));

    [Theory]
    [InlineData(0, 1.0)]
    [InlineData(626, 1.0)]
    [InlineData(627, 1.52)]
    [InlineData(847, 1.51863)]
    [InlineData(1253, 0.96106)]
    [InlineData(1254, 1.08683)]
    [InlineData(1880, 0.1)]
    [InlineData(1919, 0.1)]
    public void The_phases_of_pr_178_end_in_one_cool_down(long step, double expected) =>
        Assert.Equal(expected, new LearningRateSchedule(1, 0.1, 0, 1880, LearningRateShape.Pr178).At(step), 5e-6);
}
