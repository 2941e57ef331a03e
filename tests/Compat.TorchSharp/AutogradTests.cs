using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Compat.TorchSharp;

public sealed class AutogradTests
{
    [Fact]
    public void Backward_adds_to_the_gradients_of_leaves()
    {
        using var x = tensor([1.0, 2, 3], [3]).requires_grad_();
        (x * x).sum().backward();
        Assert.Equal([2.0, 4, 6], x.grad!.data<double>().ToArray());
        (x * x).sum().backward();
        Assert.Equal([4.0, 8, 12], x.grad!.data<double>().ToArray());
        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void Backward_can_start_from_a_given_gradient()
    {
        using var x = tensor([1.0, 2, 3], [3]).requires_grad_();
        autograd.backward([x * 2], [tensor([1.0, 10, 100], [3])]);
        Assert.Equal([2.0, 20, 200], x.grad!.data<double>().ToArray());
    }

    [Fact]
    public void A_detached_leaf_collects_the_gradients_of_what_follows_it()
    {
        using var w = tensor([3.0], [1]).requires_grad_();
        var z = w * 2;
        var leaf = z.detach().requires_grad_();
        Assert.True(leaf.is_leaf);
        (leaf * 5).sum().backward();
        (leaf * leaf).sum().backward();
        Assert.Null(w.grad);
        autograd.backward([z], [leaf.grad!]);
        Assert.Equal([2.0 * (5 + 12)], w.grad!.data<double>().ToArray());
    }

    [Fact]
    public void Nothing_is_recorded_without_gradients()
    {
        using var x = tensor([1.0], [1]).requires_grad_();
        Assert.True(is_grad_enabled());
        using (no_grad())
        {
            Assert.False((x * 2).requires_grad);
            using (enable_grad()) Assert.True((x * 2).requires_grad);
            Assert.False(is_grad_enabled());
        }
        Assert.True((x * 2).requires_grad);
    }

    [Fact]
    public void A_graph_can_be_walked_once()
    {
        using var x = tensor([2.0], [1]).requires_grad_();
        var y = (x * x).sum();
        y.backward();
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => y.backward());
    }

    [Fact]
    public void Cross_entropy_layer_norm_and_gelu_match_their_formulas()
    {
        using var logits = tensor([1.0, 2, 3], [1, 3]);
        var expected = Math.Log(Math.Exp(1) + Math.Exp(2) + Math.Exp(3)) - 2;
        Assert.Equal(expected, nn.functional.cross_entropy(logits, tensor([1L], [1])).item<double>(), 1e-12);

        var normed = nn.functional.layer_norm(tensor([1.0, 3], [1, 2]), [2], tensor([2.0, 2], [2]), null, 0).data<double>().ToArray();
        Assert.Equal([-2.0, 2], normed);

        // x * Phi(x); Phi(1) from a table of the normal distribution.
        Assert.Equal(0.8413447460685429, nn.functional.gelu(tensor([1.0], [1])).item<double>(), 1e-12);
    }

    [Fact]
    public void Dropout_scales_what_it_keeps()
    {
        manual_seed(1);
        using var x = ones([10_000]);
        var values = nn.functional.dropout(x, 0.25, training: true).data<float>().ToArray();
        Assert.All(values, v => Assert.True(v == 0 || Math.Abs(v - 4f / 3) < 1e-6));
        Assert.InRange(values.Count(v => v == 0), 2_300, 2_700);
        Assert.Equal(10_000, nn.functional.dropout(x, 0.25, training: false).sum().item<float>());
    }

    [Fact]
    public void The_random_state_can_be_saved_and_restored()
    {
        manual_seed(5);
        using var state = get_rng_state();
        var first = randn([4]).data<float>().ToArray();
        Assert.NotEqual(first, randn([4]).data<float>().ToArray());
        set_rng_state(state);
        Assert.Equal(first, randn([4]).data<float>().ToArray());
        manual_seed(5);
        Assert.Equal(first, randn([4]).data<float>().ToArray());
    }

    [Fact]
    public void The_default_type_is_that_of_new_tensors()
    {
        set_default_dtype(float64);
        try
        {
            Assert.Equal(float64, zeros([1]).dtype);
            Assert.Equal(float32, tensor([1f], [1]).dtype);
        }
        finally
        {
            set_default_dtype(float32);
        }
    }

    [Fact]
    public void Threads_can_be_set()
    {
        var before = get_num_threads();
        set_num_threads(2);
        Assert.Equal(2, get_num_threads());
        set_num_threads(before);
    }
}
