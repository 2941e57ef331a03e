using System.Reflection;
using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

public sealed class DeviceTests : IDisposable
{
    private static readonly TrainingOptions Small = new()
    {
        Layers = 2, AttentionHeads = 2, Width = 16, Context = 16, BatchSize = 4, Data = "grammar", Steps = 10, DecaySteps = 10, WarmupSteps = 1, EvalEvery = 5, EvalBatches = 1,
        CheckpointEvery = 0,
    };

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps-device-");

    public void Dispose() => directory.Delete(recursive: true);

    [Theory]
    [InlineData("auto", 0, DeviceType.CPU, -1)]
    [InlineData("auto", 2, DeviceType.CUDA, -1)]
    [InlineData("cpu", 2, DeviceType.CPU, -1)]
    [InlineData("cuda", 1, DeviceType.CUDA, -1)]
    [InlineData("cuda:1", 2, DeviceType.CUDA, 1)]
    public void The_device_is_the_one_that_is_asked_for(string name, int gpus, DeviceType type, int index)
    {
        var device = Devices.Of(name, gpus);
        Assert.Equal((type, index), (device.type, device.index));
    }

    [Theory]
    [InlineData("cuda", 0, "device: cuda needs an NVIDIA GPU, and libtorch sees none here; write auto or cpu")]
    [InlineData("cuda:0", 0, "device: cuda:0 needs an NVIDIA GPU")]
    [InlineData("cuda:1", 1, "device: cuda:1 is not among the one GPU that this process sees, cuda:0; write")]
    [InlineData("cuda:8", 8, "device: cuda:8 is not among the 8 GPUs that this process sees, cuda:0 to cuda:7; write")]
    public void A_GPU_that_is_not_there_is_refused_in_a_sentence(string name, int gpus, string message) =>
        Assert.StartsWith(message, Assert.Throws<TrainingException>(() => Devices.Of(name, gpus)).Message);

    [Fact]
    public void A_run_that_needs_a_missing_GPU_ends_before_it_begins()
    {
        Assert.SkipWhen(cuda.is_available(), "This machine has a GPU.");
        Assert.StartsWith("device: cuda:0 needs", Assert.Throws<TrainingException>(() => new Trainer(Small with { Device = "cuda:0" }, ".")).Message);
    }

    public static TheoryData<string> Variants => ModelVariants.Names;

    [Theory]
    [MemberData(nameof(Variants))]
    public void All_tensors_of_a_model_move_to_the_device(string variant) => AssertMoves(ModelVariants.Small(variant));

    [Theory]
    [InlineData(HeadKind.Parallel)]
    [InlineData(HeadKind.Linear)]
    [InlineData(HeadKind.Replicated)]
    [InlineData(HeadKind.Deepseek)]
    public void All_tensors_of_further_heads_move_to_the_device(HeadKind kind) => AssertMoves(Small with { HeadKind = kind, Heads = 3, Bias = true });

    private static void AssertMoves(TrainingOptions options)
    {
        // Its tensors have no numbers, and every machine has it.
        using var model = new Gpt(options, 11).to(META);
        var own = Tensors(model).ToArray();
        Assert.True(own.Length >= model.parameters().Count() + options.Layers, "Each layer has a mask beside its parameters.");
        Assert.All(own, tensor => Assert.Equal(DeviceType.META, tensor.device.type));
        Assert.Equal(META.type, model.Output.device.type);
        using var optimizer = new Optimizer(model.named_parameters(), options);
        Assert.All(optimizer.Tensors, state => Assert.Equal(DeviceType.META, state.Tensor.device.type));
        if (model.IsTied) Assert.Equal(DeviceType.META, model.Untie().device.type);
        using var batch = new Batch(new long[3 * 9], 3, 8, 1, device: META);
        Assert.Equal((DeviceType.META, DeviceType.META), (batch.Tokens.device.type, batch.Target(0).device.type));
    }

    [Fact]
    public void Fused_attention_is_the_explicit_formula()
    {
        Assert.SkipUnless(FusedAttention.Exists, "This libtorch is older than 2.0.");
        using var scope = NewDisposeScope();
        manual_seed(1);
        var (q, k, v) = (randn([6, 5, 4]), randn([6, 5, 4]), randn([6, 5, 4]));
        var mask = triu(full([1, 5, 5], double.NegativeInfinity), 1);
        var expected = mask.baddbmm(q, k.transpose(1, 2), beta: 1, alpha: 0.5f).softmax(-1).bmm(v);
        var y = FusedAttention.Causal(q, k, v, heads: 3, dropout: 0);
        Assert.Equal(expected.shape, y.shape);
        foreach (var (a, b) in expected.data<float>().ToArray().Zip(y.data<float>().ToArray())) Assert.Equal(a, b, 1e-5f);
    }

    [Fact]
    public void The_CPU_keeps_the_explicit_attention() => Assert.False(FusedAttention.IsFor(CPU));

    [Theory]
    [InlineData(HeadKind.Shared)]
    [InlineData(HeadKind.Parallel)]
    public void A_GPU_trains_as_the_CPU_does(HeadKind kind)
    {
        Assert.SkipUnless(cuda.is_available(), "This machine has no GPU.");
        var options = Small with { HeadKind = kind, Heads = 2, UntieAtStep = 5 };
        var (onCpu, onGpu) = (Losses(options with { Device = "cpu" }, 10, null), Losses(options with { Device = "cuda" }, 10, null));
        Assert.Equal(onCpu.Length, onGpu.Length);
        foreach (var (a, b) in onCpu.Zip(onGpu)) Assert.Equal(a, b, 1e-2);
    }

    [Fact]
    public void Dropout_on_a_GPU_follows_from_seed_and_step_alone()
    {
        Assert.SkipUnless(cuda.is_available(), "This machine has no GPU.");
        var options = Small with { Device = "cuda", Dropout = 0.3 };
        var whole = Losses(options, 10, null);
        string? checkpoint = null;
        using (var trainer = new Trainer(options, ".")) trainer.Run(5, directory.FullName, _ => { }, notice => checkpoint = notice.Path, CancellationToken.None);
        var rest = Losses(options, 10, checkpoint);
        // Sums on a GPU have no fixed order.
        foreach (var (a, b) in whole[^rest.Length..].Zip(rest)) Assert.Equal(a, b, 1e-3);
    }

    [Fact]
    public void Speed_is_told_in_model_operations_and_as_a_share_of_the_peak_where_it_is_known()
    {
        using var trainer = new Trainer(Small, ".");
        var flops = new ModelFlops(Small, trainer.Model.Vocabulary).PerToken();
        var known = Points(Small with { PeakTflops = 0.5, Device = "cpu" }).ToLookup(point => point.Metric);
        foreach (var (speed, tflops, mfu) in known["tokens_per_second"].Zip(known["model_tflops"], known["mfu"]))
        {
            Assert.Equal(speed.Value * flops / 1e12, tflops.Value, tflops.Value * 1e-9);
            Assert.Equal(tflops.Value / 0.5, mfu.Value, mfu.Value * 1e-9);
        }
        Assert.Equal(2, known["mfu"].Count());
        var unknown = Points(Small with { Device = "cpu" });
        Assert.Equal(2, unknown.Count(point => point.Metric == "model_tflops"));
        Assert.DoesNotContain(unknown, point => point.Metric == "mfu");
    }

    private double[] Losses(TrainingOptions options, int toStep, string? from) =>
        [.. Points(options, toStep, from).Where(point => point.Metric is "train_loss" or "val_loss").Select(point => point.Value)];

    private List<MetricPoint> Points(TrainingOptions options, int toStep = 10, string? from = null)
    {
        var points = new List<MetricPoint>();
        using var trainer = new Trainer(options, ".", from);
        trainer.Run(toStep, directory.FullName, points.Add, _ => { }, CancellationToken.None);
        return points;
    }

    // Every tensor in a field of a module or of its submodules, registered or not.
    private static IEnumerable<Tensor> Tensors(nn.Module module)
    {
        for (var type = module.GetType(); type != typeof(nn.Module) && type is not null; type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                if (field.GetValue(module) is Tensor tensor) yield return tensor;
        }
        foreach (var (_, parameter) in module.named_parameters(recurse: false)) yield return parameter;
        foreach (var (_, buffer) in module.named_buffers(recurse: false)) yield return buffer;
        foreach (var (_, child) in module.named_children())
            foreach (var tensor in Tensors(child)) yield return tensor;
    }
}
