namespace Sweeps.Core.Gpt;

/// <summary>
/// Floating-point operations that training needs by the model's formula, whatever the machine does for it (PaLM: Chowdhery et al. 2022,
/// appendix B): forward and backward, 6 N + 12 L H Q T for a token. N counts all weights that are multiplied, one that is used several times as
/// often as it is used (an output head that several heads share, a module that they share); learned positions, an embedding that is not the output
/// head and time weights multiply nothing. Heads whose loss weighs nothing are not computed, and do not count.
/// </summary>
/// <param name="options">The run.</param>
/// <param name="vocabulary">V, different tokens of its data.</param>
public sealed class ModelFlops(TrainingOptions options, int vocabulary)
{
    /// <summary>Name of the metric that tells the operations of a run so far, by which targets are compared in operations.</summary>
    public const string Metric = "training_flops";

    private (int Step, double Flops) known;

    /// <summary>Operations of a training token: 6 N + 12 L H Q T.</summary>
    /// <param name="parameters">N: all but the tables that are only looked up.</param>
    /// <param name="layers">L.</param>
    /// <param name="attentionHeads">H.</param>
    /// <param name="headWidth">Q, channels of an attention head.</param>
    /// <param name="context">T.</param>
    public static double PerToken(long parameters, int layers, int attentionHeads, int headWidth, int context) =>
        6.0 * parameters + 12.0 * layers * attentionHeads * headWidth * context;

    /// <summary>Operations of a token with every head in use, in full context.</summary>
    public double PerToken() => PerToken([.. Enumerable.Repeat(1.0, options.Heads)], options.Context);

    /// <summary>Operations of a token of one step.</summary>
    /// <param name="weights">Weight of each offset's loss; those beyond the model's heads are ignored, missing ones are 0.</param>
    /// <param name="context">Tokens of context of the step.</param>
    public double PerToken(IReadOnlyList<double> weights, int context)
    {
        var n = options.Heads;
        var reach = Math.Max(1, Enumerable.Range(0, Math.Min(n, weights.Count)).LastOrDefault(k => weights[k] != 0) + 1);
        var trained = 1 + Enumerable.Range(1, reach - 1).Count(k => weights[k] != 0);
        // What is computed of the n heads: each that is trained, or in a chain all that those stand on.
        var used = options.HeadKind switch
        {
            HeadKind.Causal or HeadKind.Deepseek => reach,
            HeadKind.Anticausal => n,
            HeadKind.Shared => 1,
            _ => trained,
        };
        var hasLayers = options.HeadKind is HeadKind.Parallel or HeadKind.Causal or HeadKind.Anticausal;
        var layers = hasLayers ? options.Layers - (options.MatchParameters ? n : 1) + used
            : options.HeadKind == HeadKind.Deepseek ? options.Layers + used - 1 : options.Layers;
        long C = options.Width, bias = options.Bias ? C : 0;
        var norm = options.Norm == NormKind.Layernorm ? C + bias : 0;
        var layer = 12 * C * C + 9 * bias + 2 * norm;               // qkv 3 C^2, projection C^2, MLP 8 C^2
        var N = layers * layer + norm + (options.HeadKind == HeadKind.Shared ? 1 : trained) * vocabulary * C;
        if (options.HeadKind == HeadKind.Linear) N += used * (C * C + bias);
        if (options.HeadKind == HeadKind.Deepseek) N += (used - 1) * (2 * C * C + bias + 2 * norm);
        return PerToken(N, layers, options.AttentionHeads, options.Width / options.AttentionHeads, context);
    }

    /// <summary>Operations of all training until a step; schedules of batch, context and loss weights count step by step.</summary>
    public double UpTo(int step)
    {
        if (step < known.Step) known = default;
        var (at, flops) = known;
        for (; at < step; at++)
        {
            var context = options.ContextSchedule.At(at, options.Steps);
            flops += (double)options.BatchSizeSchedule.At(at, options.Steps) * context * PerToken(options.LossWeights.WeightsAt(at, options.Steps), context);
        }
        known = (at, flops);
        return flops;
    }
}
