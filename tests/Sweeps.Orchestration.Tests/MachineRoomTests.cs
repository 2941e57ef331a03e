using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Queue;

namespace Sweeps.Orchestration.Tests;

public sealed class MachineRoomTests
{
    private const long GiB = 1L << 30;

    [Theory]
    [InlineData(1, "0 | 1")]
    [InlineData(0.5, "0 0 | 1 1")]
    [InlineData(0.25, "0 0 0 0 | 1 1 1 1")]
    [InlineData(0.1, "0 0 0 0 0 0 0 0 0 0 | 1 1 1 1 1 1 1 1 1 1")]
    [InlineData(0.4, "0 0 | 1 1")]
    [InlineData(2, "0,1")]
    [InlineData(3, "")]
    public void Gpus_are_filled_one_after_the_other(double gpus, string slots) =>
        Assert.Equal(slots.Replace("| ", ""), string.Join(' ', All(Gpus(2), new ResourceSpec { Gpus = gpus }).Select(placement => string.Join(',', placement.Slots))));

    [Fact]
    public void A_share_leaves_whole_gpus_to_those_that_need_one()
    {
        var room = new MachineRoom(Gpus(3));
        Placement Take(double gpus)
        {
            var placement = room.Find(new ResourceSpec { Gpus = gpus })!;
            room.Take(placement);
            return placement;
        }
        Assert.Equal([0, 1, 0], new[] { 0.5, 1, 0.25 }.Select(gpus => Take(gpus).Slots[0]));
        var (third, fourth) = (Take(0.5), room.Find(new ResourceSpec { Gpus = 1 }));
        Assert.Equal(2, third.Slots[0]);
        Assert.Null(fourth);
        room.Return(third);
        Assert.Equal(2, Take(1).Slots[0]);
    }

    [Fact]
    public void Memory_makes_a_share_as_large_as_the_part_of_the_gpu_that_it_fills()
    {
        Assert.Equal(0.75, new MachineRoom(Gpus(1)).Find(new ResourceSpec { Gpus = 0.5, MemoryBytes = 60 * GiB })!.Share);
        Assert.Equal(0.5, new MachineRoom(Gpus(1)).Find(new ResourceSpec { Gpus = 0.5, MemoryBytes = 8 * GiB })!.Share);
        Assert.Null(new MachineRoom(Gpus(4)).Find(new ResourceSpec { Gpus = 1, MemoryBytes = 81 * GiB }));
        Assert.Equal([0, 1], new MachineRoom(Gpus(4)).Find(new ResourceSpec { Gpus = 2, MemoryBytes = 160 * GiB })!.Slots);
        Assert.NotNull(new MachineRoom([new SlotRoom(0, true, 1, MemoryBytes: null, 1)]).Find(new ResourceSpec { Gpus = 1, MemoryBytes = 999 * GiB }));
    }

    [Theory]
    [InlineData(1, null, 1, "0 1 2 3")]
    [InlineData(2, null, 2, "0,1 2,3")]
    [InlineData(3, null, 3, "0,1,2")]
    [InlineData(5, null, 5, "")]
    [InlineData(null, 12L, 1, "0,1 2,3")]
    [InlineData(1, 40L, 1, "")]
    public void Cores_are_taken_whole_as_many_as_threads_or_memory_fill(int? cores, long? memory, int threads, string slots)
    {
        var all = All(Cores(4, threads: 1), new ResourceSpec { Cpus = cores, MemoryBytes = memory * GiB });
        Assert.Equal(slots, string.Join(' ', all.Select(placement => string.Join(',', placement.Slots))));
        Assert.All(all, placement => Assert.Equal(threads, placement.Threads));
    }

    [Fact]
    public void A_slot_of_several_threads_gives_them_to_a_run_that_does_not_say() =>
        Assert.Equal((4, 3), (new MachineRoom(Cores(2, threads: 4)).Find(new ResourceSpec())!.Threads, new MachineRoom(Cores(2, threads: 4)).Find(new ResourceSpec { Cpus = 3 })!.Threads));

    [Fact]
    public void Who_asks_for_cores_takes_no_gpu_and_the_other_way_round()
    {
        Assert.False(MachineRoom.CanEver(Gpus(2), new ResourceSpec { Cpus = 1 }));
        Assert.False(MachineRoom.CanEver(Cores(2, threads: 1), new ResourceSpec { Gpus = 0.1 }));
        Assert.True(MachineRoom.CanEver(Gpus(2).Select(slot => slot with { Free = 0 }), new ResourceSpec()));
        Assert.Null(new MachineRoom(Gpus(2).Select(slot => slot with { Free = 0 })).Find(new ResourceSpec()));
    }

    private static SlotRoom[] Gpus(int count) => [.. Enumerable.Range(0, count).Select(index => new SlotRoom(index, true, 1, 80 * GiB, 1))];

    private static SlotRoom[] Cores(int count, int threads) => [.. Enumerable.Range(0, count).Select(index => new SlotRoom(index, false, threads, 8 * GiB, 1))];

    private static List<Placement> All(SlotRoom[] slots, ResourceSpec needs)
    {
        var (room, all) = (new MachineRoom(slots), new List<Placement>());
        while (room.Find(needs) is { } placement)
        {
            room.Take(placement);
            all.Add(placement);
        }
        return all;
    }
}
