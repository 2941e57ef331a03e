using Sweeps.Core.Gpt;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweeps.Training;

/// <summary>
/// Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"): the momentum of a matrix, made orthogonal by five
/// Newton-Schulz iterations, so that all its directions are learned at one speed. q, k and v are maps of their own, though one matrix holds
/// them: each is made orthogonal by itself.
/// </summary>
public sealed class Muon : IDisposable
{
    private readonly List<State> states = [];
    private readonly double momentum;
    private readonly WeightDecay decay;

    /// <summary>Prepares momenta of zero for every matrix.</summary>
    public Muon(IEnumerable<(string Name, Parameter Parameter)> matrices, double momentum, double weightDecay, CautiousDecay cautious = CautiousDecay.Off)
    {
        (this.momentum, decay) = (momentum, new WeightDecay(weightDecay, cautious));
        foreach (var (name, matrix) in matrices) states.Add(new State(name, matrix, zeros_like(matrix)));
    }

    /// <summary>Everything that a checkpoint must hold: name, matrix and momentum.</summary>
    public IReadOnlyList<State> States => states;

    /// <summary>
    /// Whether a parameter is a matrix of a layer: a linear map's weight. Embedding, output heads, positions and the weights of time are
    /// parameters of other modules and have names of their own.
    /// </summary>
    public static bool IsHiddenMatrix(string name, Parameter parameter) => parameter.dim() == 2 && name.EndsWith(".weight", StringComparison.Ordinal);

    /// <summary>
    /// One step: m = momentum*m + g, then p -= lr * sqrt(max(1, rows/columns)) * orthogonal(g + momentum*m) with g the gradient times
    /// <paramref name="gradientScale"/>, and weight decay before it as AdamW's. Gradients are released. Matrices without a gradient stay as they are.
    /// </summary>
    public void Step(double learningRate, double gradientScale = 1)
    {
        using var off = no_grad();
        foreach (var state in states)
        {
            using var scope = NewDisposeScope();
            if (state.Parameter.grad is not { } gradient) continue;
            state.Momentum.mul_(momentum).add_(gradient, gradientScale);
            var ahead = (state.Momentum * momentum).add_(gradient, gradientScale);          // Nesterov's
            var (rows, columns) = (ahead.size(0) / state.Maps, ahead.size(1));
            var update = Orthogonal(ahead.view(state.Maps, rows, columns)).reshape(ahead.shape);
            decay.Apply(state.Parameter, update, learningRate);
            state.Parameter.add_(update, -learningRate * Math.Sqrt(Math.Max(1, (double)rows / columns)));
            state.Parameter.grad = null;
        }
    }

    /// <summary>
    /// Nearly U V' for each matrix G = U S V' of a batch (n, rows, columns): singular values go to about 1, between 0.68 and
    /// 1.2. The polynomial a X + b (X X') X + c (X X')^2 X with these coefficients is steep at 0 and never settles at 1, which is faster and
    /// does no harm.
    /// </summary>
    public static Tensor Orthogonal(Tensor matrices)
    {
        const float A = 3.4445f, B = -4.7750f, C = 2.0315f;
        const int Iterations = 5;
        using var scope = NewDisposeScope();
        var tall = matrices.size(1) > matrices.size(2);
        var x = tall ? matrices.transpose(1, 2) : matrices;                                  // the smaller X X'
        // The Frobenius norm bounds the spectral norm, which may not be above 1.
        var norms = (x * x).reshape(x.size(0), -1).sum(1).sqrt().view(-1, 1, 1);
        x = x / (norms + 1e-7);
        for (var i = 0; i < Iterations; i++)
        {
            var square = x.bmm(x.transpose(1, 2));                                           // X X'
            x = x.baddbmm(square.baddbmm(square, square, B, C), x, A);
        }
        return (tall ? x.transpose(1, 2) : x).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var state in states) state.Momentum.Dispose();
    }

    /// <summary>One matrix's part of the optimizer.</summary>
    public sealed class State
    {
        internal State(string name, Parameter parameter, Tensor momentum)
        {
            (Name, Parameter, Maps) = (name, parameter, name.EndsWith("qkv.weight", StringComparison.Ordinal) ? 3 : 1);
            Momentum = momentum.DetachFromDisposeScope();
        }

        /// <summary>The matrix's name in the model.</summary>
        public string Name { get; }

        /// <summary>The matrix.</summary>
        public Parameter Parameter { get; }

        /// <summary>Linear maps whose rows it holds, one after the other.</summary>
        public int Maps { get; }

        /// <summary>Momentum, of the matrix's shape.</summary>
        public Tensor Momentum { get; }
    }
}
