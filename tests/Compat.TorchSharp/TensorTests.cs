using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Compat.TorchSharp;

/// <summary>Members of tensors that the program uses; the same tests pass with the package and with compat/TorchSharp.</summary>
public sealed class TensorTests
{
    [Fact]
    public void Attention_as_one_operator_is_the_formula_or_says_that_it_is_missing()
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = (randn([2, 2, 3, 4]), randn([2, 2, 3, 4]), randn([2, 2, 3, 4]));
        Tensor y;
        try
        {
            y = nn.functional.scaled_dot_product_attention(q, k, v, is_casual: true);
        }
        catch (NotSupportedException e)
        {
            Assert.Contains("it came with 2.0", e.Message);
            return;
        }
        var scores = q.matmul(k.transpose(2, 3)) * 0.5 + triu(full([3, 3], double.NegativeInfinity), 1);
        foreach (var (a, b) in scores.softmax(-1).matmul(v).data<float>().ToArray().Zip(y.data<float>().ToArray())) Assert.Equal(a, b, 1e-5f);
    }

    [Fact]
    public void GPUs_are_counted_and_without_one_nothing_is_pinned_or_waited_for()
    {
        Assert.Equal(cuda.is_available(), cuda.device_count() > 0);
        using var scope = NewDisposeScope();
        if (cuda.is_available())
        {
            Assert.Equal([1f, 1f], ones([2]).pin_memory().to(CUDA, non_blocking: true).cpu().data<float>().ToArray());
            cuda.synchronize();
        }
        else
        {
            Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => ones([2]).pin_memory());
            Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => cuda.synchronize());
        }
    }

    [Fact]
    public void A_tensor_copies_its_array_and_knows_shape_type_and_device()
    {
        var values = new[] { 1f, 2, 3, 4, 5, 6 };
        using var t = tensor(values, [2, 3]);
        values[0] = 99;
        Assert.Equal([1f, 2, 3, 4, 5, 6], t.data<float>().ToArray());
        Assert.Equal([2L, 3], t.shape);
        Assert.Equal((2L, 6L, 3L), (t.dim(), t.numel(), t.size(1)));
        Assert.Equal(float32, t.dtype);
        Assert.Equal(DeviceType.CPU, t.device.type);
    }

    [Fact]
    public void Arithmetic_and_scalars_keep_the_tensors_type()
    {
        using var a = tensor([1f, 2, 3], [3]);
        using var b = tensor([10f, 20, 30], [3]);
        Assert.Equal([11f, 22, 33], Values(a + b));
        Assert.Equal([9f, 18, 27], Values(b - a));
        Assert.Equal([10f, 40, 90], Values(a * b));
        Assert.Equal([10f, 10, 10], Values(b / a));
        Assert.Equal([1.5f, 2.5f, 3.5f], Values(a + 0.5));
        Assert.Equal([2f, 4, 6], Values(2 * a));
        Assert.Equal([-1f, -2, -3], Values(-a));
        Assert.Equal(int64, (tensor([1L, 2], [2]) * 3).dtype);
        Assert.Equal(float32, (a * 3.0).dtype);
    }

    [Fact]
    public void In_place_operators_return_the_tensor_itself()
    {
        using var a = tensor([1f, 2, 3], [3]);
        Assert.Same(a, a.add_(tensor([1f, 1, 1], [3])));
        Assert.Same(a, a.mul_(2));
        Assert.Equal([4f, 6, 8], Values(a));
        Assert.Same(a, a.add_(tensor([1f, 1, 1], [3]), -4));
        Assert.Equal([0f, 2, 4], Values(a));
        Assert.Same(a, a.addcmul_(tensor([1f, 2, 3], [3]), tensor([4f, 5, 6], [3]), 0.5));
        Assert.Equal([2f, 7, 13], Values(a));
        Assert.Same(a, a.addcdiv_(tensor([1f, 2, 3], [3]), tensor([1f, 2, 3], [3]), 10));
        Assert.Equal([12f, 17, 23], Values(a));
        Assert.Same(a, a.zero_());
        Assert.Same(a, a.fill_(7));
        Assert.Equal([7f, 7, 7], Values(a));
    }

    [Fact]
    public void Views_share_memory_and_clones_do_not()
    {
        using var t = zeros([2, 3]);
        t.view(6).narrow(0, 4, 2).fill_(5);
        t.select(0, 0).add_(1);
        Assert.Equal([1f, 1, 1, 0, 5, 5], Values(t));
        t.clone().zero_();
        Assert.Equal([1f, 1, 1, 0, 5, 5], Values(t));
        Assert.False(t.transpose(0, 1).is_contiguous());
        Assert.Equal([1f, 0, 1, 5, 1, 5], Values(t.transpose(0, 1)));
        Assert.Equal([1L, 3, 2], t.unsqueeze(0).permute(0, 2, 1).shape);
    }

    [Fact]
    public void Unbind_and_split_give_a_tensor_a_slice()
    {
        using var t = tensor([1f, 2, 3, 4, 5, 6], [2, 3]);
        Assert.Equal([[1f, 2, 3], [4f, 5, 6]], t.unbind().Select(Values));
        Assert.Equal([[1f, 4], [2f, 5], [3f, 6]], t.unbind(1).Select(Values));
        Assert.Equal([[1f, 2, 4, 5], [3f, 6]], t.split(2, 1).Select(Values));
    }

    [Fact]
    public void Products_are_matrix_products()
    {
        using var a = tensor([1f, 2, 3, 4], [2, 2]);
        using var b = tensor([5f, 6, 7, 8], [2, 2]);
        Assert.Equal([19f, 22, 43, 50], Values(a.matmul(b)));
        Assert.Equal([19f, 22, 43, 50], Values(a.unsqueeze(0).bmm(b.unsqueeze(0))));
        // beta * input + alpha * (batch1 @ batch2); the input is broadcast.
        Assert.Equal([39f, 45, 87, 101], Values(tensor([1f, 1, 1, 1], [1, 2, 2]).baddbmm(a.unsqueeze(0), b.unsqueeze(0), beta: 1, alpha: 2)));
        Assert.Equal([17f, 39, 23, 53], Values(nn.functional.linear(b, a)));
    }

    [Fact]
    public void Minus_infinity_masks_a_softmax()
    {
        using var mask = triu(full([1, 2, 2], double.NegativeInfinity), 1);
        Assert.Equal([1f, 0, 0.5f, 0.5f], Values(mask.softmax(-1)));
    }

    [Fact]
    public void Gather_index_select_and_scatter_add_follow_the_index()
    {
        using var t = tensor([1f, 2, 3, 4, 5, 6], [2, 3]);
        using var index = tensor([2L, 0], [2, 1]);
        Assert.Equal([3f, 4], Values(t.gather(1, index)));
        Assert.Equal([4f, 5, 6, 1, 2, 3, 4, 5, 6], Values(t.index_select(0, tensor([1L, 0, 1], [3]))));
        t.scatter_add_(1, index, tensor([10f, 20], [2, 1]));
        Assert.Equal([1f, 2, 13, 24, 5, 6], Values(t));
    }

    [Fact]
    public void Reductions_and_normalised_exponentials()
    {
        using var t = tensor([1.0, 2, 3, 4], [2, 2]);
        Assert.Equal(10, t.sum().item<double>());
        Assert.Equal(2.5, t.mean().item<double>());
        Assert.Equal([3.0, 7], t.sum(1).data<double>().ToArray());
        Assert.Equal(Math.Sqrt(30), t.norm().item<double>(), 1e-12);
        Assert.Equal(Math.Log(Math.Exp(1) + Math.Exp(2)), t.logsumexp(1).data<double>()[0], 1e-12);
        Assert.Equal(1 - Math.Log(Math.Exp(1) + Math.Exp(2)), t.log_softmax(-1).data<double>().ToArray()[0], 1e-12);
    }

    [Fact]
    public void A_mean_over_dimensions_may_keep_them()
    {
        using var t = tensor([1.0, 2, 3, 4, 5, 9], [2, 3]);
        Assert.Equal([2.0, 6], t.mean([-1]).data<double>().ToArray());
        Assert.Equal([2L, 1], t.mean([-1], keepdim: true).shape);
        Assert.Equal([2.5, 3.5, 6], t.mean([0]).data<double>().ToArray());
    }

    [Fact]
    public void Functions_apply_to_every_element()
    {
        using var t = tensor([-2.0, 0, 4], [3]);
        Assert.Equal([0.0, 0, 4], t.relu().data<double>().ToArray());
        Assert.Equal([0.5, 0.25], tensor([4.0, 16], [2]).rsqrt().data<double>().ToArray());
        Assert.Equal(t.data<double>().ToArray().Select(x => 1 / (1 + Math.Exp(-x))), t.sigmoid().data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Fact]
    public void Comparisons_with_a_number_are_booleans()
    {
        using var t = tensor([-1f, 0, 2], [3]);
        Assert.Equal([0f, 0, 1], Values(t.gt(0).to(float32)));
        Assert.Equal([0f, 1, 1], Values(t.ge(0).to(float32)));
        Assert.Equal([1f, 0, 1], Values(t.ne(0).to(float32)));
    }

    [Fact]
    public void Item_wants_one_element()
    {
        Assert.Equal(3L, tensor([3L], [1]).item<long>());
        Assert.ThrowsAny<ArgumentException>(() => tensor([3L, 4], [2]).item<long>());
    }

    [Fact]
    public void An_error_of_libtorch_is_an_exception_with_its_text()
    {
        using var a = zeros([2]);
        using var b = zeros([3]);
        var error = Assert.Throws<ExternalException>(() => a + b);
        Assert.Contains("The size of tensor a (2) must match the size of tensor b (3)", error.Message);
        Assert.Equal([0f, 0], Values(a + a));
    }

    [Fact]
    public void A_disposed_tensor_cannot_be_used()
    {
        var t = zeros([2]);
        t.Dispose();
        t.Dispose();
        Assert.True(t.IsInvalid);
        Assert.ThrowsAny<InvalidOperationException>(() => t + 1);
    }

    [Fact]
    public void A_long_list_of_tensors_can_be_joined()
    {
        var ones = Enumerable.Range(0, 300).Select(i => full([1], (double)i)).ToList();
        Assert.Equal(299 * 300 / 2, stack(ones).sum().item<float>());
        Assert.Equal([300L], cat(ones).shape);
    }

    [Fact]
    public void Converting_changes_the_type_and_keeps_the_values()
    {
        using var t = tensor([1.5f, -2.25f], [2]);
        Assert.Equal([1.5, -2.25], t.to(float64).data<double>().ToArray());
        Assert.Equal([1L, -2], t.to(int64).data<long>().ToArray());
        Assert.Equal(bfloat16, t.to(bfloat16).dtype);
        Assert.Equal([1.5f, -2.25f], MemoryMarshal.Cast<byte, float>(t.bytes).ToArray());
    }

    private static float[] Values(Tensor tensor) => tensor.data<float>().ToArray();
}
