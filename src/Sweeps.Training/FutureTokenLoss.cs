using Sweeps.Core.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training;

/// <summary>
/// The loss of predicting several tokens, and its gradients. For shared heads (modded-nanogpt, PR 178) one row of logits z_t serves all
/// offsets: loss = 1/N sum_t sum_k w_k [t+k &lt; T] (logsumexp(z_t) - z_t[y_{t+k}]), y_t = x_{t+1}. For parallel heads (Gloeckle et al. 2024)
/// head k has its own logits and the loader supplies targets beyond the context. N is the number of positions B*T, or where only some targets
/// are trained (<see cref="Batch.Trained"/>) the number of those: next tokens for shared heads, each head's own for parallel ones. For a part of a
/// batch (<see cref="Batch.Split"/>) N is that of the whole, so that the parts' losses and gradients sum to the whole batch's.
/// </summary>
public static class FutureTokenLoss
{
    /// <summary>
    /// Computes the loss of one batch and adds the gradients of all parameters.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">Tokens (B, T) and targets (B, T, n).</param>
    /// <param name="options">Head kind, backward mode, boundary and normalisation.</param>
    /// <param name="weights">Weight of each offset; shorter than n means zeros.</param>
    /// <returns>The loss, and the part of offset 0: the plain cross entropy of the next token. 0-dimensional tensors.</returns>
    public static (Tensor Objective, Tensor NextToken) Backward(Gpt model, Batch batch, TrainingOptions options, IReadOnlyList<double> weights)
    {
        var w = Effective(weights, options);
        using var casts = WeightCasts.Once();
        return (options.HeadKind, options.Backward) switch
        {
            (HeadKind.Shared, BackwardMode.Sequential) => Shared(model, batch, options, w),
            (_, BackwardMode.Naive) => Naive(model, batch, options, w),
            _ when model.IsChain => Chain(model, batch, options, w),
            _ => Independent(model, batch, options, w),
        };
    }

    /// <summary>Mean cross entropy of the next token over a batch's trained targets, of a part of a batch its share of the whole's; a 0-dimensional tensor; no gradients.</summary>
    public static Tensor NextToken(Gpt model, Batch batch)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        return NextToken(Logits(model, batch), batch).MoveToOuterDisposeScope();
    }

    /// <summary>The loss of the next token (of a part of a batch its share of the whole's), the batch's answers and those that the model gives right; no gradients.</summary>
    public static (double Loss, int Right, int Answers) Evaluate(Gpt model, Batch batch)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var logits = Logits(model, batch);
        var loss = NextToken(logits, batch).to(float64).item<double>();
        if (batch.Answers is null) return (loss, 0, 0);
        var (right, answers) = batch.Score(logits.argmax(1).cpu().data<long>().ToArray());
        return (loss, right, answers);
    }

    private static Tensor Logits(Gpt model, Batch batch) => model.call(batch.Tokens).view(-1, model.Vocabulary);        // (N, V)

    private static Tensor NextToken(Tensor logits, Batch batch)
    {
        if (batch.TrainedTargets(0) is not { } trained)
        {
            var mean = nn.functional.cross_entropy(logits, batch.Target(0));
            var share = (double)batch.Sequences * batch.Context / batch.TargetCount(0);
            return share == 1 ? mean : mean * share;
        }
        var losses = logits.log_softmax(-1).gather(1, batch.Target(0).view(-1, 1)).neg();
        return (losses * Terms.Shares(trained, 1.0 / batch.TargetCount(0), logits)).sum();
    }

    private static (Tensor, Tensor) Shared(Gpt model, Batch batch, TrainingOptions options, double[] w)
    {
        using var scope = NewDisposeScope();
        var logits = Logits(model, batch);
        var (objective, next) = BackwardFromLogits(logits, Terms.OfShared(batch, w, options, logits));
        return (objective.MoveToOuterDisposeScope(), next.MoveToOuterDisposeScope());
    }

    // Head after head: only one head's logits are alive at a time. Their gradients meet in the leaf z.
    private static (Tensor, Tensor) Independent(Gpt model, Batch batch, TrainingOptions options, double[] w)
    {
        using var scope = NewDisposeScope();
        var z = model.Trunk(batch.Tokens);                                      // (B, T, C)
        var leaf = z.detach().requires_grad_();
        Tensor? objective = null, nextToken = null;
        for (var k = 0; k < w.Length; k++)
        {
            // A head of weight 0 trains nothing; the first is still computed for its loss.
            if (w[k] == 0 && k > 0) continue;
            using var head = NewDisposeScope();
            var logits = model.Logits(model.Head(k, leaf, batch.Tokens), k).view(-1, model.Vocabulary);
            var (loss, next) = BackwardFromLogits(logits, Terms.OfHead(batch, k, w[k], options, logits));
            objective = (objective is null ? loss : objective + loss).MoveToOuterDisposeScope();
            nextToken ??= next.MoveToOuterDisposeScope();
        }
        autograd.backward([z], [leaf.grad!]);
        return (objective!.MoveToOuterDisposeScope(), nextToken!.MoveToOuterDisposeScope());
    }

    // Heads that stand on each other: their outputs (C wide) are kept, then from the furthest to the trunk one head's logits at a time. What
    // reaches a head's output is the gradient of its own logits and that of the head that stands on it.
    private static (Tensor, Tensor) Chain(Gpt model, Batch batch, TrainingOptions options, double[] w)
    {
        using var scope = NewDisposeScope();
        var z = model.Trunk(batch.Tokens);                                      // (B, T, C)
        var order = model.Order(w.Length);
        var leaves = new List<Tensor> { z.detach().requires_grad_() };
        var outputs = new List<Tensor>();
        foreach (var k in order)
        {
            outputs.Add(model.Head(k, leaves[^1], batch.Tokens));
            leaves.Add(outputs[^1].detach().requires_grad_());
        }

        Tensor? objective = null, nextToken = null;
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var k = order[i];
            var (output, leaf) = (outputs[i], leaves[i + 1]);
            if (k == 0 || (k < w.Length && w[k] != 0))
            {
                using var head = NewDisposeScope();
                var logits = model.Logits(leaf).view(-1, model.Vocabulary);
                var (loss, next) = BackwardFromLogits(logits, Terms.OfHead(batch, k, w[k], options, logits));
                objective = (objective is null ? loss : objective + loss).MoveToOuterDisposeScope();
                if (k == 0) nextToken = next.MoveToOuterDisposeScope();
            }
            // The first head of deepseek is the trunk's output itself: its graph is the leaf alone.
            if (leaf.grad is { } gradient) autograd.backward([output], [gradient]);
        }
        if (leaves[0].grad is { } reached) autograd.backward([z], [reached]);
        return (objective!.MoveToOuterDisposeScope(), nextToken!.MoveToOuterDisposeScope());
    }

    // d loss / d z = sum_k c_k (softmax(z) - onehot(y_k)), written over the log-probabilities: the logits' memory is touched three times
    // however many offsets there are.
    private static (Tensor Objective, Tensor NextToken) BackwardFromLogits(Tensor logits, Terms terms)
    {
        Tensor gradient, objective, next;
        using (no_grad())
        {
            var logProbabilities = logits.detach().log_softmax(-1);             // (N, V)
            var chosen = logProbabilities.gather(1, terms.Targets);             // (N, K)
            objective = -(chosen * terms.Coefficients).sum();
            next = -terms.MeanOfFirst(chosen);
            gradient = logProbabilities.exp_().mul_(terms.CoefficientSums);
            gradient.scatter_add_(1, terms.Targets, terms.Coefficients.neg());
        }
        autograd.backward([logits], [gradient]);
        return (objective, next);
    }

    // The definition, in one graph: the reference for the sequential modes.
    private static (Tensor, Tensor) Naive(Gpt model, Batch batch, TrainingOptions options, double[] w)
    {
        using var scope = NewDisposeScope();
        var z = model.Trunk(batch.Tokens);
        Tensor? objective = null, nextToken = null;
        var shared = options.HeadKind == HeadKind.Shared;
        var input = z;
        foreach (var k in model.Order(shared ? 1 : w.Length))
        {
            var h = model.Head(k, input, batch.Tokens);
            if (model.IsChain) input = h;
            if (k >= w.Length) continue;
            var logits = model.Logits(h, k).view(-1, model.Vocabulary);
            var terms = shared ? Terms.OfShared(batch, w, options, logits) : Terms.OfHead(batch, k, w[k], options, logits);
            var losses = logits.logsumexp(1, keepdim: true) - logits.gather(1, terms.Targets);       // (N, K)
            var loss = (losses * terms.Coefficients).sum();
            objective = objective is null ? loss : objective + loss;
            if (k == 0) nextToken = terms.MeanOfFirst(losses.detach());
        }
        objective!.backward();
        return (objective.detach().MoveToOuterDisposeScope(), nextToken!.MoveToOuterDisposeScope());
    }

    private static double[] Effective(IReadOnlyList<double> weights, TrainingOptions options)
    {
        var w = new double[options.Heads];
        for (var k = 0; k < Math.Min(w.Length, weights.Count); k++) w[k] = weights[k];
        if (options.NormalizeWeights && w.Sum() is > 0 and var sum)
        {
            for (var k = 0; k < w.Length; k++) w[k] /= sum;
        }
        // Offsets at the end whose weight is 0 have no terms; the first is kept for the next token's loss.
        var used = Array.FindLastIndex(w, x => x != 0) + 1;
        return w[..Math.Max(1, used)];
    }

    /// <summary>The terms of the sum over offsets: target symbol and coefficient of each, and the coefficients' sum per position.</summary>
    private sealed record Terms(Tensor Targets, Tensor Coefficients, Tensor CoefficientSums)
    {
        /// <summary>Each position's share in the mean of its first target, (N, 1); null when all targets are trained and the shares are equal.</summary>
        private Tensor? FirstShares { get; init; }

        /// <summary>The positions' part of those that the mean is taken over: 1, or less in a part of a batch.</summary>
        private double Part { get; init; } = 1;

        /// <summary>Mean over the first target's column of (N, K), as far as these positions contribute to it.</summary>
        internal Tensor MeanOfFirst(Tensor values) =>
            FirstShares is null ? values.select(1, 0).mean() * Part : (values.narrow(1, 0, 1) * FirstShares).sum();

        /// <summary>The share of each trained target, the others getting 0, (N, 1).</summary>
        internal static Tensor Shares(bool[] trained, double share, Tensor logits) =>
            tensor(Array.ConvertAll(trained, t => t ? share : 0), [trained.Length, 1], dtype: logits.dtype, device: logits.device);

        internal static Terms OfHead(Batch batch, int head, double weight, TrainingOptions options, Tensor logits)
        {
            var n = logits.size(0);
            var count = batch.TargetCount(head);
            var trained = batch.TrainedTargets(head);
            var stops = head > 0 && options.DocumentBoundary == DocumentBoundary.Stop;
            // DeepSeek's modules see no token behind the context: their last positions have no loss, and the divisor stays T.
            var truncated = head > 0 && options.HeadKind == HeadKind.Deepseek;
            if (!stops && !truncated)
            {
                var equal = trained is null ? full([n, 1], weight / count, logits.dtype, logits.device) : Shares(trained, weight / count, logits);
                return new Terms(batch.Target(head).view(-1, 1), equal, equal)
                {
                    Part = (double)n / count, FirstShares = trained is null ? null : Shares(trained, 1.0 / count, logits),
                };
            }

            var (B, T) = (batch.Sequences, batch.Context);
            var share = weight / count;
            var targets = new long[n];
            var coefficients = new double[n];
            for (var b = 0; b < B; b++)
            {
                for (var t = 0; t < (truncated ? T - head : T); t++)
                {
                    if (stops && Enumerable.Range(t, head).Any(before => batch.EndsDocument(b, before))) continue;
                    targets[b * T + t] = batch.NextToken(b, t + head);
                    coefficients[b * T + t] = batch.IsTrained(b, t + head) ? share : 0;
                }
            }
            var coefficient = tensor(coefficients, [n, 1], dtype: logits.dtype, device: logits.device);
            return new Terms(tensor(targets, [n, 1], device: logits.device), coefficient, coefficient);
        }

        internal static Terms OfShared(Batch batch, double[] w, TrainingOptions options, Tensor logits)
        {
            if (w.Length == 1) return OfHead(batch, 0, w[0], options, logits);
            var (B, T, K) = (batch.Sequences, batch.Context, w.Length);
            var targets = new long[B * T * K];
            var coefficients = new double[B * T * K];
            var sums = new double[B * T];
            var trained = batch.TrainedTargets(0);
            var n = batch.TargetCount(0);
            for (var b = 0; b < B; b++)
            {
                for (var t = 0; t < T; t++)
                {
                    for (var k = 0; k < K && t + k < T; k++)
                    {
                        if (options.DocumentBoundary == DocumentBoundary.Stop && k > 0 && batch.EndsDocument(b, t + k - 1)) break;
                        if (!batch.IsTrained(b, t + k)) continue;
                        var i = b * T + t;
                        targets[i * K + k] = batch.NextToken(b, t + k);
                        coefficients[i * K + k] = w[k] / n;
                        sums[i] += w[k] / n;
                    }
                }
            }
            return new Terms(
                tensor(targets, [B * T, K], device: logits.device),
                tensor(coefficients, [B * T, K], dtype: logits.dtype, device: logits.device),
                tensor(sums, [B * T, 1], dtype: logits.dtype, device: logits.device))
            {
                Part = (double)(B * T) / n, FirstShares = trained is null ? null : Shares(trained, 1.0 / n, logits),
            };
        }
    }
}
