using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Agents;

namespace Sweeps.Orchestration.Tests;

public sealed class SlotDetectionTests
{
    private const string Parts =
        """
        GPU 0: NVIDIA H200 (UUID: GPU-00)
        GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-11)
          MIG 3g.20gb     Device  0: (UUID: MIG-aa)
          MIG 1g.5gb+me   Device  1: (UUID: MIG-bb)
        GPU 2: NVIDIA A100-SXM4-40GB (UUID: GPU-22)
          MIG 7g.40gb     Device  0: (UUID: MIG-cc)
        """;

    private static readonly IReadOnlyList<Slot> Three = SlotDetection.ParseGpus("0, GPU-00, 1, [N/A], a\n1, GPU-11, 1, [N/A], b\n2, GPU-22, 1, [N/A], c\n", () => "");

    [Fact]
    public void A_number_of_shares_of_the_cpu_is_taken_as_it_is_given()
    {
        var slots = SlotDetection.Detect(3, 2);
        Assert.Equal([(0, "cpu", null, 2), (1, "cpu", null, 2), (2, "cpu", null, 2)], slots.Select(slot => (slot.Index, slot.Name, slot.Gpu, slot.Threads)));
        Assert.All(slots, slot => Assert.InRange(slot.MemoryBytes!.Value, 1, SlotDetection.Detect(1)[0].MemoryBytes!.Value / 2));
    }

    [Fact]
    public void There_is_always_a_slot() => Assert.NotEmpty(SlotDetection.Detect(threadsPerSlot: 1000));

    [Fact]
    public void Each_line_of_nvidia_smi_is_a_gpu_and_messages_are_none()
    {
        Assert.Equal(
            [
                new Slot(0, "NVIDIA H200", 0, 1) { Uuid = "GPU-5b", MemoryBytes = 143771L << 20 },
                new Slot(3, "NVIDIA A100-SXM4, 80GB", 3, 1) { Uuid = "GPU-7c" },
            ],
            SlotDetection.ParseGpus("0, GPU-5b, 143771, Disabled, NVIDIA H200\n3, GPU-7c, [N/A], [N/A], NVIDIA A100-SXM4, 80GB\n\n", () => throw new InvalidOperationException()));
        Assert.Empty(SlotDetection.ParseGpus("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver, sorry.\nNo devices were found\n", () => ""));
    }

    [Fact]
    public void Of_a_gpu_that_is_cut_into_parts_each_part_is_a_slot_with_its_memory_and_uuid()
    {
        var gpus = SlotDetection.ParseGpus("0, GPU-00, 143771, Disabled, NVIDIA H200\n1, GPU-11, 40960, Enabled, NVIDIA A100-SXM4-40GB\n2, GPU-22, 40960, Enabled, NVIDIA A100-SXM4-40GB\n", () => Parts);
        Assert.Equal(
            [("0", "NVIDIA H200", 143771L << 20), ("MIG-aa", "NVIDIA A100-SXM4-40GB MIG 3g.20gb", 20L << 30), ("MIG-bb", "NVIDIA A100-SXM4-40GB MIG 1g.5gb+me", 5L << 30),
                ("MIG-cc", "NVIDIA A100-SXM4-40GB MIG 7g.40gb", 40L << 30)],
            gpus.Select(gpu => (gpu.Visible, gpu.Name, gpu.MemoryBytes!.Value)));
        Assert.Equal(["MIG-bb"], SlotDetection.Visible(gpus, "MIG-bb").Select(gpu => gpu.Visible));
        Assert.Equal(["MIG-aa", "MIG-bb"], SlotDetection.Visible(gpus, "1").Select(gpu => gpu.Visible));
    }

    [Theory]
    [InlineData(null, "0 1 2")]
    [InlineData("2, 0", "0 2")]
    [InlineData("", "")]
    [InlineData("GPU-22,GPU-1", "1 2")]
    [InlineData("1,7,2", "1")]
    [InlineData("0,0", "0")]
    [InlineData("NoDevFiles", "")]
    public void Only_the_gpus_that_are_left_to_this_process_are_used(string? allowed, string visible) =>
        Assert.Equal(visible, string.Join(' ', SlotDetection.Visible(Three, allowed).Select(gpu => gpu.Gpu)));

    [Fact]
    public void A_run_that_asks_for_cores_has_so_many_threads_and_one_that_asks_for_a_gpu_none_of_the_cpu()
    {
        var (cpu, gpu) = (new Slot(0, "cpu", null, 1) { Processor = "EPYC" }, new Slot(0, "NVIDIA H200", 3, 2));
        var (cores, gpus) = (new ResourceSpec { Cpus = 4 }, new ResourceSpec { Gpus = 0.5 });
        Assert.Equal("cpu EPYC, threads 4", cpu.For(cores)!.DeviceFor("auto"));
        Assert.Equal("gpu NVIDIA H200", gpu.For(gpus)!.DeviceFor("auto"));
        Assert.Null(gpu.For(cores));
        Assert.Null(cpu.For(gpus));
        Assert.Same(gpu, gpu.For(new ResourceSpec()));
    }
}
