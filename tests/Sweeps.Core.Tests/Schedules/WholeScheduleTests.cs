using Sweeps.Core.Schedules;

namespace Sweeps.Core.Tests.Schedules;

public sealed class WholeScheduleTests
{
    [Fact]
    public void Phases_take_equal_shares_of_the_steps()
    {
        var schedule = WholeSchedule.Parse("4 -> 8 -> 12");
        Assert.Equal([(0, 4), (500, 8), (1000, 12)], schedule.Pieces(1500));
        Assert.Equal([4, 4, 8, 8, 12, 12, 12], new[] { 0, 499, 500, 999, 1000, 1499, 1540 }.Select(step => schedule.At(step, 1500)));
        Assert.Equal((4, 12, false), (schedule.Smallest, schedule.Largest, schedule.IsConstant));
    }

    [Fact]
    public void A_phase_may_have_a_share_of_its_own() =>
        Assert.Equal([(0, 16), (250, 32), (625, 64)], WholeSchedule.Parse("16 @ 1/4 -> 32 -> 64").Pieces(1000));

    [Fact]
    public void Phases_change_at_the_steps_at_which_those_of_loss_weights_do()
    {
        foreach (var notation in new[] { "{0} -> {1} -> {2}", "{0} @ 0.1 -> {1} @ 0.2 -> {2} @ 0.7", "{0} @ 2/7 -> {1} -> {2}" })
        {
            var numbers = WholeSchedule.Parse(string.Format(null, notation, 1, 2, 3));
            var weights = LossWeightSchedule.Parse(string.Format(null, notation, "[1]", "[2]", "[3]"));
            foreach (var steps in new[] { 1, 2, 7, 10, 97, 1880 })
                for (var step = 0; step < steps + 3; step++) Assert.Equal(weights.WeightsAt(step, steps)[0], numbers.At(step, steps));
        }
    }

    [Fact]
    public void A_phase_shorter_than_a_step_is_passed_over() =>
        Assert.Equal([1, 3, 3, 3], Enumerable.Range(0, 4).Select(step => WholeSchedule.Parse("1 @ 0.1 -> 2 @ 0.1 -> 3").At(step, 4)));

    [Fact]
    public void One_number_is_the_same_at_every_step()
    {
        Assert.Equal(WholeSchedule.Constant(8), WholeSchedule.Parse(" 8 "));
        Assert.True(WholeSchedule.Parse("8").IsConstant);
        Assert.Equal("8", WholeSchedule.Constant(8).Text);
    }

    [Theory]
    [InlineData("4->8 → 12", "4 -> 8 -> 12")]
    [InlineData("4 @ .5 -> 8 @ 1/4 -> 12", "4 @ 1/2 -> 8 @ 1/4 -> 12 @ 1/4")]
    public void Printing_and_reading_again_gives_the_same_schedule(string text, string printed)
    {
        var schedule = WholeSchedule.Parse(text);
        Assert.Equal(printed, schedule.ToString());
        Assert.Equal(schedule, WholeSchedule.Parse(printed));
        Assert.Equal(text, schedule.Text);
    }

    [Theory]
    [InlineData("", "character 1: expected a whole number from 1 on, found the end")]
    [InlineData("4 -> 0", "character 6: expected a whole number from 1 on, found '0'")]
    [InlineData("4 -> -8", "expected a whole number from 1 on, found '-'")]
    [InlineData("4.5", "character 2: expected '->' and another phase, or the end, found '.'")]
    [InlineData("[4] -> [8]", "expected a whole number from 1 on, found '['")]
    [InlineData("4 @ 2 -> 8", "share of the steps")]
    [InlineData("4 @ 0.5 -> 8 @ 0.4", "sum to 9/10, not to 1")]
    public void A_mistake_is_named_with_its_place(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => WholeSchedule.Parse(text)).Message);
}
