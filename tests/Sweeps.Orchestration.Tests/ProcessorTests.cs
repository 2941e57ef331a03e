using Sweeps.Orchestration.Agents;

namespace Sweeps.Orchestration.Tests;

public sealed class ProcessorTests
{
    [Fact]
    public void The_first_name_of_the_kernels_list_is_the_processors()
    {
        Assert.Equal("AMD EPYC 9R45: 2", Processor.Named(["processor\t: 0", "model name\t: AMD EPYC 9R45: 2", "model name\t: another"]));
        Assert.Null(Processor.Named(["processor\t: 0"]));
        Assert.NotEmpty(Processor.Name);
    }

    [Fact]
    public void A_run_is_trained_on_the_slots_gpu_unless_it_asks_for_the_cpu()
    {
        var gpu = new Slot(0, "NVIDIA H200", 3, 2) { Processor = "EPYC" };
        Assert.Equal(["gpu NVIDIA H200", "gpu NVIDIA H200", "cpu EPYC, threads 2"], new[] { "auto", "cuda:1", "cpu" }.Select(gpu.DeviceFor));
        Assert.Equal("cpu EPYC, threads 1", (gpu with { Gpu = null, Threads = 1 }).DeviceFor("auto"));
    }
}
