using Sweeps.Core.Gpt;
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
    public void It_is_nanogpts(long step, double expected) => Assert.Equal(expected, NanoGpt.At(step, 0), 1e-12);

    [Fact]
    public void It_rises_through_the_warm_up_and_falls_after_it()
    {
        for (var step = 0; step < 100; step++) Assert.True(NanoGpt.At(step, 0) < NanoGpt.At(step + 1, 0));
        for (var step = 100; step < 2000; step++) Assert.True(NanoGpt.At(step, 0) > NanoGpt.At(step + 1, 0));
    }

    [Fact]
    public void Without_room_for_a_decay_it_is_at_the_floor_after_the_warm_up() =>
        Assert.Equal(1e-4, new LearningRateSchedule(1e-3, 1e-4, 10, 10).At(10, 0));

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
        Assert.Equal(expected, new LearningRateSchedule(1, 0.1, 0, 1880, LearningRateShape.Pr178).At(step, 0), 5e-6);

    // 150 epochs of 34 steps of 256 sequences of 128 tokens. The published digits are those of 127 targets a sequence (a chunk of 128 tokens
    // has as many), which moves them by less than a millionth.
    [Theory]
    [InlineData(1, 5.999354e-4)]
    [InlineData(50, 4.500336e-4)]
    [InlineData(100, 1.500168e-4)]
    [InlineData(149, 6e-5)]
    [InlineData(150, 6e-5)]
    [InlineData(151, 6e-5)]
    public void The_tokens_of_minGPT_tuned_give_its_rates(int epoch, double expected)
    {
        Assert.Equal(expected, RateAfter(epoch, context: 128), 3e-10);
        Assert.Equal(expected, RateAfter(epoch, context: 127), 5e-11);
    }

    private static double RateAfter(int epoch, int context)
    {
        var options = new TrainingOptions
        {
            BatchSize = 256, Context = context, Steps = 150 * 34, DecaySteps = 150 * 34, LearningRate = 6e-4, MinLearningRate = 6e-5,
            LearningRateSchedule = LearningRateShape.Mingpt,
        };
        var schedule = new LearningRateSchedule(options.LearningRate, options.MinLearningRate, 0, options.DecaySteps, options.LearningRateSchedule)
        {
            WarmupTokens = options.WarmupTokens, DecayTokens = options.TokensAt(options.DecaySteps),
        };
        var last = epoch * 34 - 1;
        return schedule.At(last, options.TokensAt(last + 1));
    }

    [Fact]
    public void MinGPT_warms_up_over_tokens()
    {
        var schedule = new LearningRateSchedule(1, 0.1, 0, 0, LearningRateShape.Mingpt) { WarmupTokens = 100, DecayTokens = 300 };
        Assert.Equal(0.25, schedule.At(0, 25), 1e-15);
        Assert.Equal(1, schedule.At(0, 100), 1e-15);
        Assert.Equal(0.5, schedule.At(0, 200), 1e-15);
        Assert.Equal(0.1, schedule.At(0, 299), 1e-15);
    }

    [Theory]
    [InlineData(LearningRateShape.Cosine)]
    [InlineData(LearningRateShape.Pr178)]
    [InlineData(LearningRateShape.Mingpt)]
    public void Another_peak_scales_the_whole_way(LearningRateShape shape)
    {
        var schedule = new LearningRateSchedule(1e-3, 1e-4, 10, 100, shape) { WarmupTokens = 100, DecayTokens = 1000 };
        var twenty = schedule.WithPeak(0.02);
        for (var step = 0; step < 110; step++) Assert.Equal(20 * schedule.At(step, 10 * step), twenty.At(step, 10 * step), 1e-15);
        Assert.Equal(0, (schedule with { Peak = 0, Minimum = 0 }).WithPeak(0).At(100, 1000));
    }
}
