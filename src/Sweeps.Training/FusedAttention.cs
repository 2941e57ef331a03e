using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sweeps.Training;

/// <summary>
/// Attention as one operator (Dao et al. 2022, FlashAttention), which never holds the T x T weights. libtorch has it from 2.0 on; GPUs use it,
/// while on the CPU the explicit formula stays, the reference.
/// </summary>
internal static class FusedAttention
{
    private static readonly Lazy<bool> Probe = new(() =>
    {
        try
        {
            using var off = no_grad();
            using var scope = NewDisposeScope();
            var x = ones([1, 1, 1, 1]);
            return functional.scaled_dot_product_attention(x, x, x, is_casual: true).numel() == 1;
        }
        catch (Exception e) when (e is NotSupportedException or ExternalException or EntryPointNotFoundException)
        {
            return false;
        }
    });

    /// <summary>Whether this libtorch has it.</summary>
    internal static bool Exists => Probe.Value;

    /// <summary>Whether attention on this device uses it.</summary>
    internal static bool IsFor(Device device) => device.type == DeviceType.CUDA && Exists;

    /// <summary>softmax(q k' / sqrt(D) + causal mask) v with dropout of the weights; (B*H, T, D) three times to (B*H, T, D).</summary>
    internal static Tensor Causal(Tensor q, Tensor k, Tensor v, int heads, double dropout)
    {
        using var scope = NewDisposeScope();
        var (T, D) = (q.size(1), q.size(2));
        // The fast kernels want (B, H, T, D).
        var y = functional.scaled_dot_product_attention(q.view(-1, heads, T, D), k.view(-1, heads, T, D), v.view(-1, heads, T, D), p: dropout, is_casual: true);
        return y.reshape(-1, T, D).MoveToOuterDisposeScope();
    }
}
