using Sweeps.Orchestration.Agents;

namespace Sweeps.Orchestration.Tests;

public sealed class SlotDetectionTests
{
    [Fact]
    public void A_number_of_shares_of_the_cpu_is_taken_as_it_is_given() =>
        Assert.Equal([new Slot(0, "cpu", null, 2), new Slot(1, "cpu", null, 2), new Slot(2, "cpu", null, 2)], SlotDetection.Detect(3, 2));

    [Fact]
    public void There_is_always_a_slot() => Assert.NotEmpty(SlotDetection.Detect(threadsPerSlot: 1000));

    [Fact]
    public void Each_line_of_nvidia_smi_is_a_gpu_and_messages_are_none()
    {
        Assert.Equal([(0, "NVIDIA H200"), (3, "NVIDIA A100-SXM4, 80GB")],
            SlotDetection.ParseGpus("0, NVIDIA H200\n3, NVIDIA A100-SXM4, 80GB\n\n"));
        Assert.Empty(SlotDetection.ParseGpus("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver, sorry.\nNo devices were found\n"));
    }

    [Fact]
    public void Only_the_gpus_that_are_left_to_this_process_are_used()
    {
        (int, string)[] gpus = [(0, "a"), (1, "b"), (2, "c")];
        Assert.Equal(gpus, SlotDetection.Visible(gpus, null));
        Assert.Equal([(0, "a"), (2, "c")], SlotDetection.Visible(gpus, "2, 0"));
        Assert.Empty(SlotDetection.Visible(gpus, ""));
    }
}
