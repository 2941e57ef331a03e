using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Grains;

namespace Sweeps.Orchestration.Tests;

/// <summary>Stages that need more or less than a slot, claimed through the grains from a real database.</summary>
public sealed class ResourceClaimTests : IDisposable
{
    private static readonly Slot[] TwoGpus = [.. Enumerable.Range(0, 2).Select(index => new Slot(index, "NVIDIA H200", index, 1) { MemoryBytes = 141L << 30 })];

    private static readonly Slot[] FourCores = [.. Enumerable.Range(0, 4).Select(index => new Slot(index, "cpu", null, 1) { MemoryBytes = 8L << 30 })];

    private readonly TestDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Two_attempts_share_a_gpu_and_what_they_take_is_known_after_a_restart_of_the_head()
    {
        StageOrder[] orders;
        await using (var head = await TestHead.StartAsync(directory.Path("sweeps.db")))
        {
            await head.Store.CreateSweepAsync(TestHead.Plan(7) with { Needs = new ResourceSpec { Gpus = 0.5 } });
            orders = (await head.SyncAsync(free: [0, 1], slots: TwoGpus)).Start;
            Assert.Equal([(0, 0.5), (0, 0.5), (1, 0.5), (1, 0.5)], orders.Select(order => (order.Slot, order.Share)));
        }
        await using var again = await TestHead.StartAsync(directory.Path("sweeps.db"));
        Assert.Empty((await again.SyncAsync(free: [0, 1], running: Keys(orders), slots: TwoGpus)).Start);
        await again.CompleteAsync(orders[2]);
        // Its worker is still there, and then it is not.
        Assert.Empty((await again.SyncAsync(free: [0, 1], running: Keys(orders), slots: TwoGpus)).Start);
        Assert.Equal(1, Assert.Single((await again.SyncAsync(free: [0, 1], running: Keys([orders[0], orders[1], orders[3]]), slots: TwoGpus)).Start).Slot);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stage_takes_as_many_cores_and_threads_as_it_asks_for()
    {
        await using var head = await TestHead.StartAsync(directory.Path("sweeps.db"));
        await head.Store.CreateSweepAsync(TestHead.Plan(2) with { Needs = new ResourceSpec { Cpus = 3 } });
        await head.Store.CreateSweepAsync(TestHead.Plan(2) with { Needs = new ResourceSpec { Cpus = 1 } });
        var orders = (await head.SyncAsync(free: [0, 1, 2, 3], slots: FourCores)).Start;
        Assert.Equal([(0, "1,2", 3), (3, "", 1)], orders.Select(order => (order.Slot, string.Join(',', order.MoreSlots!), order.Threads!.Value)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Small_stages_keep_a_large_one_waiting_for_one_round_at_most()
    {
        await using var head = await TestHead.StartAsync(directory.Path("sweeps.db"));
        await head.Store.CreateSweepAsync(TestHead.Plan(30, name: "small") with { Needs = new ResourceSpec { Cpus = 1 } });
        var running = new Queue<StageOrder>((await head.SyncAsync(free: [0, 1, 2, 3], slots: FourCores)).Start);
        var large = await head.Store.CreateSweepAsync(TestHead.Plan(1, name: "large") with { Needs = new ResourceSpec { Cpus = 4 } });
        await head.Sweep(large).Start();
        var before = 0;
        while (true)
        {
            // One after the other ends, so that there are never four free cores unless they are kept.
            await head.CompleteAsync(running.Dequeue());
            var free = Enumerable.Range(0, 4).Except(running.Select(order => order.Slot)).ToArray();
            var start = (await head.SyncAsync(free, running: Keys(running), slots: FourCores)).Start;
            if (start is [{ SweepName: "large" }]) break;
            foreach (var order in start) running.Enqueue(order);
            before += start.Length;
        }
        Assert.Equal(4, before);
        Assert.Empty(running);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stage_that_a_machine_can_never_take_does_not_keep_others_waiting()
    {
        await using var head = await TestHead.StartAsync(directory.Path("sweeps.db"));
        await head.Store.CreateSweepAsync(TestHead.Plan(1, name: "gpu") with { Needs = new ResourceSpec { Gpus = 1 }, Priority = 100 });
        await head.Store.CreateSweepAsync(TestHead.Plan(9, name: "cores"));
        for (var round = 0; round < 2; round++)
        {
            var orders = (await head.SyncAsync(free: [0, 1, 2, 3], slots: FourCores)).Start;
            Assert.Equal(["cores", "cores", "cores", "cores"], orders.Select(order => order.SweepName));
            foreach (var order in orders) await head.CompleteAsync(order);
        }
        Assert.Equal("gpu", Assert.Single((await head.SyncAsync(free: [0], machine: "gpus", slots: TwoGpus)).Start, order => order.Slot == 0).SweepName);
    }

    private static AttemptKey[] Keys(IEnumerable<StageOrder> orders) => [.. orders.Select(order => new AttemptKey(order.StageId, order.Number))];
}
