using static TorchSharp.torch;

namespace Sweeps.Training;

/// <summary>
/// Weights in bfloat16, part of the graph, so that gradients reach the weights themselves. While <see cref="Once"/> is in force each is
/// cast once and not again at every use: by several heads, by the micro-batches of a step, by token after token of a decoding.
/// </summary>
public static class WeightCasts
{
    [ThreadStatic]
    private static Scope? scope;

    /// <summary>Keeps casts until the result is disposed; the weights may not change before. Within another it changes nothing.</summary>
    public static IDisposable? Once() => scope is null ? scope = new Scope() : null;

    internal static Tensor ToBFloat16(Tensor weight)
    {
        if (scope is null) return weight.to(bfloat16);
        // A cast that was made without a graph is of no use where gradients are wanted.
        var key = (weight, is_grad_enabled());
        if (!scope.Casts.TryGetValue(key, out var cast)) scope.Casts.Add(key, cast = weight.to(bfloat16).DetachFromDisposeScope());
        return cast;
    }

    private sealed class Scope : IDisposable
    {
        internal Dictionary<(Tensor, bool), Tensor> Casts { get; } = [];

        public void Dispose()
        {
            scope = null;
            foreach (var cast in Casts.Values) cast.Dispose();
        }
    }
}
