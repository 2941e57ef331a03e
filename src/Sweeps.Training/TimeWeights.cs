using Sweeps.Core.Gpt;
using Sweeps.Training.Decoding;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sweeps.Training;

/// <summary>
/// minGPT-tuned's time-weighting: attention's weights, after the softmax and before dropout, times learned factors W (H, T, T) that begin
/// at 1; rows do not sum to 1 any more. The circulant form has a factor for each distance and one for each position that is looked at:
/// W[h, t, s] = timeWeight[h, T-1-(t-s)] * timeBias[h, 0, s], T being the model's full context.
/// </summary>
internal sealed class TimeWeights : Module<Tensor, Tensor>
{
    private readonly Parameter timeWeight;         // full: (H, T, T); circulant: (H, T)
    private readonly Parameter? timeBias;          // circulant: (H, 1, T)
    private readonly Tensor? columns;              // circulant: (1, T*T), which of a head's T weights stands at (t, s)
    private readonly long H, T;

    internal TimeWeights(TrainingOptions options) : base(nameof(TimeWeights))
    {
        (H, T) = (options.AttentionHeads, options.Context);
        var circulant = options.TimeWeighting == TimeWeighting.Circulant;
        timeWeight = new Parameter(ones(circulant ? [H, T] : [H, T, T]));
        timeBias = circulant ? new Parameter(ones([H, 1, T])) : null;
        columns = circulant ? tensor(Columns(), [1, T * T]) : null;
        RegisterComponents();
    }

    /// <summary>
    /// (B*H, t, t) to (B*H, t, t). Fewer than T tokens are those of the positions 0 to t-1, and have the first t rows and columns of W.
    /// </summary>
    public override Tensor forward(Tensor attention)
    {
        using var scope = NewDisposeScope();
        var t = attention.size(1);
        return (attention.view(-1, H, t, t) * Matrix().narrow(1, 0, t).narrow(2, 0, t)).view(-1, t, t).MoveToOuterDisposeScope();
    }

    /// <summary>(B*H, S, K) to (B*H, S, K), of new tokens that look at what the cache holds.</summary>
    internal Tensor Apply(Tensor attention, Placement at)
    {
        using var scope = NewDisposeScope();
        var factors = at.ByBothPositions(Matrix());                        // (H, S, K) or (B*H, S, K)
        return (attention.view(-1, factors.size(0), at.Count, at.Keys) * factors).view(-1, at.Count, at.Keys).MoveToOuterDisposeScope();
    }

    /// <summary>W, (H, T, T). Above the diagonal, where attention is 0, it has no meaning.</summary>
    internal Tensor Matrix() => columns is null ? timeWeight : timeWeight.gather(1, columns.expand(H, T * T)).view(H, T, T) * timeBias!;

    private long[] Columns()
    {
        var at = new long[T * T];
        for (var t = 0; t < T; t++)
            for (var s = 0; s <= t; s++) at[t * T + s] = T - 1 - (t - s);
        return at;
    }
}
