using FsCheck;
using FsCheck.Fluent;
using Sweeps.Core.Schedules;

namespace Sweeps.Core.Tests.Schedules;

public sealed class LossWeightScheduleTests
{
    private const string Pr178 = "[1, 0.5, 0.25->0] -> [1, 0.5->0] -> [1]";

    [Theory]
    [InlineData(0, 0.25)]
    [InlineData(313, 0.125133)]
    [InlineData(626, 0.000266)]
    public void The_third_weight_of_pr_178_falls_over_the_first_third(long step, double expected) =>
        Assert.Equal(expected, LossWeightSchedule.Parse(Pr178).WeightsAt(step, 1880)[2], 1e-6);

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(626, 0.5)]
    [InlineData(627, 0.499734)]
    [InlineData(940, 0.25)]
    [InlineData(1253, 0.000266)]
    public void The_second_weight_of_pr_178_falls_over_the_second_third(long step, double expected) =>
        Assert.Equal(expected, LossWeightSchedule.Parse(Pr178).WeightsAt(step, 1880)[1], 1e-6);

    [Fact]
    public void The_last_phase_of_pr_178_and_the_extension_steps_weigh_the_next_token_alone()
    {
        var schedule = LossWeightSchedule.Parse(Pr178);
        Assert.Equal(3, schedule.WeightsAt(626, 1880).Count);
        Assert.Equal(2, schedule.WeightsAt(627, 1880).Count);
        Assert.Equal(2, schedule.WeightsAt(1253, 1880).Count);
        for (var step = 1254; step < 1880 + 40; step++) Assert.Equal([1.0], schedule.WeightsAt(step, 1880));
    }

    [Fact]
    public void A_third_of_1500_steps_is_exactly_step_500()
    {
        var schedule = LossWeightSchedule.Parse("[1] -> [2] -> [3]");
        Assert.Equal([1.0], schedule.WeightsAt(499, 1500));
        Assert.Equal([2.0], schedule.WeightsAt(500, 1500));
        Assert.Equal([2.0], schedule.WeightsAt(999, 1500));
        Assert.Equal([3.0], schedule.WeightsAt(1000, 1500));
    }

    [Fact]
    public void Shares_are_exact_decimal_numbers()
    {
        var schedule = LossWeightSchedule.Parse("[1] @ 0.1 -> [2] @ 0.2 -> [3] @ 0.7");
        Assert.Equal([1.0], schedule.WeightsAt(0, 10));
        Assert.Equal([2.0], schedule.WeightsAt(1, 10));
        Assert.Equal([2.0], schedule.WeightsAt(2, 10));
        Assert.Equal([3.0], schedule.WeightsAt(3, 10));
    }

    [Fact]
    public void Phases_without_a_share_divide_what_is_left()
    {
        var schedule = LossWeightSchedule.Parse("[1] @ 1/2 -> [2] -> [3]");
        Assert.Equal([Fraction.Of(1, 2), Fraction.Of(1, 4), Fraction.Of(1, 4)], schedule.Phases.Select(phase => phase.Share));
    }

    [Fact]
    public void After_the_last_step_a_ramp_stays_at_its_end() =>
        Assert.Equal([1.0, 0.125], LossWeightSchedule.Parse("[1, 0.5->0.125]").WeightsAt(120, 100));

    [Fact]
    public void The_unicode_arrow_and_free_spacing_mean_the_same()
    {
        var schedule = LossWeightSchedule.Parse(" [ 1,.5 , 0.25→0 ]→[1,5e-1 -> 0]  →  [1] ");
        Assert.Equal(LossWeightSchedule.Parse(Pr178), schedule);
        Assert.Equal(Pr178, schedule.ToString());
        Assert.Equal(" [ 1,.5 , 0.25→0 ]→[1,5e-1 -> 0]  →  [1] ", schedule.Text);
    }

    [Theory]
    [InlineData("", "character 1: expected '[' to open a phase, as in [1, 0.5], found the end")]
    [InlineData("1", "expected '['")]
    [InlineData("[]", "character 2: expected a weight such as 0.5, found ']'")]
    [InlineData("[1, x]", "character 5: expected a weight such as 0.5, found 'x'")]
    [InlineData("[1 0.5]", "character 4: expected ',' or ']', found '0'")]
    [InlineData("[1, 0.5", "expected ',' or ']', found the end")]
    [InlineData("[1] ->", "expected '['")]
    [InlineData("[1] [1]", "expected '->' and another phase, or the end")]
    [InlineData("[1, -0.5]", "a weight cannot be negative")]
    [InlineData("[1, 1e999]", "expected a weight")]
    [InlineData("[0]", "needs a weight above 0")]
    [InlineData("[1->]", "expected a weight")]
    [InlineData("[1] @ 2", "share of the steps")]
    [InlineData("[1] @ 0", "share of the steps")]
    [InlineData("[1] @ 0.5 -> [1] @ 0.4", "sum to 9/10, not to 1")]
    [InlineData("[1] @ 1 -> [1]", "leaves nothing")]
    public void A_mistake_is_named_with_its_place(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => LossWeightSchedule.Parse(text)).Message);

    [Fact]
    public void Constant_weights_print_as_one_phase() =>
        Assert.Equal("[1, 0.5, 0.25]", LossWeightSchedule.Constant([1, 0.5, 0.25]).Text);

    [Fact]
    public void Printing_and_reading_again_gives_the_same_schedule() =>
        Properties.Hold(Schedules(), schedule =>
            LossWeightSchedule.Parse(schedule.ToString()).Equals(schedule) && LossWeightSchedule.Parse(schedule.Text).Equals(schedule));

    [Fact]
    public void Weights_stay_between_the_ends_of_their_ramp() =>
        Properties.Hold(Schedules(), schedule =>
        {
            const int Steps = 97;
            for (var step = 0; step < Steps + 5; step++)
            {
                var weights = schedule.WeightsAt(step, Steps);
                var isBounded = schedule.Phases.Any(phase => phase.Weights.Length == weights.Count
                    && phase.Weights.Zip(weights).All(pair =>
                        pair.Second >= Math.Min(pair.First.From, pair.First.To) && pair.Second <= Math.Max(pair.First.From, pair.First.To)));
                if (!isBounded) return false;
            }
            return true;
        });

    private static Arbitrary<LossWeightSchedule> Schedules()
    {
        var weight = Gen.Choose(0, 1000).Select(thousandths => thousandths / 1000.0);
        var ramp = Gen.OneOf(weight.Select(w => $"{w}"), from a in weight from b in weight select $"{a}->{b}");
        var phase = from first in weight.Where(w => w > 0) from count in Gen.Choose(0, 3) from rest in ramp.ListOf(count)
                    select "[" + string.Join(", ", rest.Prepend($"{first}")) + "]";
        var schedule = from count in Gen.Choose(1, 5) from phases in phase.ListOf(count) from share in Gen.Choose(1, 9)
                       select (count > 1 ? phases[0] + $" @ {share}/10 -> " : phases[0] + " @ 1") + string.Join(" -> ", phases.Skip(1));
        return schedule.Select(LossWeightSchedule.Parse).ToArbitrary();
    }
}
