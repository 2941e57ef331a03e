using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A tensor that a module trains. The tensor it was made from is invalid from then on.</summary>
public class Parameter : Tensor
{
    public Parameter(Tensor data, bool requires_grad = true) : base(data.DecoupleFromNativeHandle()) => this.requires_grad = requires_grad;
}

/// <summary>x W' + b; W is (outputs, inputs).</summary>
public sealed class Linear : nn.Module<Tensor, Tensor>
{
    internal Linear(long inputs, long outputs, bool hasBias, Device? device, ScalarType? dtype) : base(nameof(Linear))
    {
        // Kaiming uniform with a = sqrt(5), as PyTorch: both bounds are 1/sqrt(inputs).
        weight = Uniform([outputs, inputs], inputs, device, dtype);
        register_parameter(nameof(weight), weight);
        if (!hasBias) return;
        bias = Uniform([outputs], inputs, device, dtype);
        register_parameter(nameof(bias), bias);
    }

    public Parameter weight { get; }

    public Parameter? bias { get; }

    public override Tensor forward(Tensor input) => nn.functional.linear(input, weight, bias);

    private static readonly Operator uniform = new("aten::uniform_");

    private static Parameter Uniform(long[] shape, long fanIn, Device? device, ScalarType? dtype)
    {
        var tensor = empty(shape, dtype, device);
        var bound = 1 / Math.Sqrt(fanIn);
        uniform.CallInPlace(tensor, -bound, bound);
        return new Parameter(tensor);
    }
}

/// <summary>Layer normalisation over the last dimension.</summary>
public sealed class LayerNorm : nn.Module<Tensor, Tensor>
{
    private readonly long[] normalized_shape;
    private readonly double eps;

    internal LayerNorm(long size, double eps, bool elementwise_affine, bool hasBias, Device? device, ScalarType? dtype) : base(nameof(LayerNorm))
    {
        normalized_shape = [size];
        this.eps = eps;
        if (!elementwise_affine) return;
        weight = new Parameter(ones(normalized_shape, dtype, device));
        register_parameter(nameof(weight), weight);
        if (!hasBias) return;
        bias = new Parameter(zeros(normalized_shape, dtype, device));
        register_parameter(nameof(bias), bias);
    }

    public Parameter? weight { get; }

    public Parameter? bias { get; }

    public override Tensor forward(Tensor input) => nn.functional.layer_norm(input, normalized_shape, weight, bias, eps);
}

/// <summary>Modules in a row, named by their position.</summary>
public class ModuleList<T> : nn.Module, IReadOnlyList<T> where T : nn.Module
{
    private readonly List<T> list = [];

    public ModuleList(params T[] modules) : base(nameof(ModuleList<T>))
    {
        foreach (var module in modules)
        {
            register_module(list.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), module);
            list.Add(module);
        }
    }

    public int Count => list.Count;

    public T this[int index] => list[index];

    public IEnumerator<T> GetEnumerator() => list.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
