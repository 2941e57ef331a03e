using Sweeps.Orchestration.Queue;
using Sweeps.Results.Attempts;

namespace Sweeps.Orchestration.Tests;

public sealed class StageQueueTests
{
    [Fact]
    public void Nothing_is_first_of_nothing() => Assert.Null(new StageQueue().Take(new Dictionary<long, int>()));

    [Fact]
    public void A_higher_priority_goes_first_whatever_else() =>
        Assert.Equal([3L, 1, 2], Order([new(1, 1, 50, 900), new(2, 1, 50, 100), new(3, 2, 51, 1)]));

    [Fact]
    public void Sweeps_of_one_priority_take_turns() =>
        Assert.Equal([11L, 21, 12, 22, 13], Order([new(11, 1, 50, 5), new(12, 1, 50, 5), new(13, 1, 50, 5), new(21, 2, 50, 5), new(22, 2, 50, 5)]));

    [Fact]
    public void A_sweep_with_fewer_stages_under_way_is_served_first() =>
        Assert.Equal([21L, 22, 11], Order([new(11, 1, 50, 9), new(21, 2, 50, 1), new(22, 2, 50, 1)], running1: 2));

    [Fact]
    public void Within_a_sweep_the_longest_way_goes_first_and_then_the_order_of_the_plan() =>
        Assert.Equal([4L, 2, 3, 1], Order([new(1, 1, 50, 10), new(2, 1, 50, 20), new(3, 1, 50, 20), new(4, 1, 50, 30)]));

    [Fact]
    public void A_stage_that_comes_twice_is_taken_once() => Assert.Equal([1L], Order([new(1, 1, 50, 10), new(1, 1, 50, 10)]));

    [Fact]
    public void The_stages_of_a_sweep_can_be_removed_and_come_again()
    {
        var queue = new StageQueue();
        ReadyStage[] stages = [new(1, 1, 50, 10), new(2, 2, 50, 10), new(3, 1, 50, 20)];
        foreach (var stage in stages) queue.Add(stage);
        queue.Remove(1);
        Assert.Equal(1, queue.Count);
        foreach (var stage in stages) queue.Add(stage);
        Assert.Equal([3L, 2, 1], All(queue, []));
    }

    private static List<long> Order(ReadyStage[] ready, int running1 = 0)
    {
        var queue = new StageQueue();
        foreach (var stage in ready) queue.Add(stage);
        return All(queue, new() { [1] = running1 });
    }

    private static List<long> All(StageQueue queue, Dictionary<long, int> running)
    {
        var order = new List<long>();
        while (queue.Take(running) is { } stage)
        {
            running[stage.SweepId] = running.GetValueOrDefault(stage.SweepId) + 1;
            order.Add(stage.StageId);
        }
        return order;
    }
}
