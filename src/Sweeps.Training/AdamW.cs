using Sweeps.Core.Gpt;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweeps.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019) with nanoGPT's groups: tensors with two or more dimensions decay, others do not.
/// Every tensor has its own step counter, so that one that joins later (an untied embedding) carries its history on.
/// </summary>
public sealed class AdamW : IDisposable
{
    private const double Epsilon = 1e-8;

    private readonly List<State> states = [];
    private readonly double beta1, beta2;
    private readonly WeightDecay decay;

    /// <summary>Prepares moments of zero for every parameter.</summary>
    /// <param name="parameters">What is trained, with its names.</param>
    /// <param name="beta1">Decay of the first moment.</param>
    /// <param name="beta2">Decay of the second moment.</param>
    /// <param name="weightDecay">Decay of the weights that decay.</param>
    /// <param name="cautious">Where they decay.</param>
    /// <param name="mayDecay">Whether the tensor of a name may decay if it has two or more dimensions; all may when it is null.</param>
    public AdamW(IEnumerable<(string Name, Parameter Parameter)> parameters, double beta1, double beta2, double weightDecay,
        CautiousDecay cautious = CautiousDecay.Off, Func<string, bool>? mayDecay = null)
    {
        (this.beta1, this.beta2, decay) = (beta1, beta2, new WeightDecay(weightDecay, cautious));
        foreach (var (name, parameter) in parameters)
            states.Add(new State(name, parameter, zeros_like(parameter), zeros_like(parameter), parameter.dim() >= 2 && mayDecay?.Invoke(name) != false));
    }

    /// <summary>Everything that a checkpoint must hold: name, parameter, both moments, pending gradient and steps of each tensor.</summary>
    public IReadOnlyList<State> States => states;

    /// <summary>
    /// Adds a parameter that begins with a copy of another's moments, steps and pending gradient: all that was learned of the one tensor was
    /// learned of both, acted on or not.
    /// </summary>
    public void AddCopyOf(Parameter original, string name, Parameter copy)
    {
        using var off = no_grad();
        var from = states.Single(s => ReferenceEquals(s.Parameter, original));
        states.Add(new State(name, copy, from.ExpAvg.clone(), from.ExpAvgSq.clone(), from.Decays) { Steps = from.Steps, Pending = from.Pending?.clone().DetachFromDisposeScope() });
    }

    /// <summary>
    /// One step: p -= lr*wd*p (cautiously: p -= lr^2*wd*mask*p where update and p agree), then p -= lr * m / (sqrt(v) + eps) with bias-corrected
    /// moments m, v of gradient * <paramref name="gradientScale"/> + what is pending. Gradients are released. Parameters without a gradient
    /// stay as they are.
    /// </summary>
    public void Step(double learningRate, double gradientScale = 1)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        foreach (var state in states)
        {
            if (state.Pending is not null) Hold(state, gradientScale);
            var scale = state.Pending is null ? gradientScale : 1;
            if ((state.Pending ?? state.Parameter.grad) is not { } gradient) continue;
            state.Steps++;
            var correction1 = 1 - Math.Pow(beta1, state.Steps);
            var correction2 = Math.Sqrt(1 - Math.Pow(beta2, state.Steps));
            state.ExpAvg.mul_(beta1).add_(gradient, (1 - beta1) * scale);
            state.ExpAvgSq.mul_(beta2).addcmul_(gradient, gradient, (1 - beta2) * scale * scale);
            // The update has the sign of the first moment.
            if (state.Decays) decay.Apply(state.Parameter, state.ExpAvg, learningRate);
            // sqrt(v)/c2 + eps = (sqrt(v) + eps*c2)/c2: the correction moves into the scalar and saves a pass over memory.
            var denominator = state.ExpAvgSq.sqrt().add_(Epsilon * correction2);
            state.Parameter.addcdiv_(state.ExpAvg, denominator, -learningRate * correction2 / correction1);
            denominator.Dispose();
            gradient.Dispose();
            state.Pending = null;
            state.Parameter.grad = null;
        }
    }

    /// <summary>
    /// In place of a step: adds the gradients * <paramref name="gradientScale"/> to those that the next <see cref="Step"/> acts on, and
    /// releases them.
    /// </summary>
    public void Hold(double gradientScale = 1)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        foreach (var state in states) Hold(state, gradientScale);
    }

    private static void Hold(State state, double gradientScale)
    {
        if (state.Parameter.grad is not { } gradient) return;
        if (state.Pending is null)
        {
            state.Pending = gradient.mul_(gradientScale).DetachFromDisposeScope();
        }
        else
        {
            state.Pending.add_(gradient, gradientScale);
            gradient.Dispose();
        }
        state.Parameter.grad = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var state in states)
        {
            state.ExpAvg.Dispose();
            state.ExpAvgSq.Dispose();
            state.Pending?.Dispose();
        }
    }

    /// <summary>One tensor's part of the optimizer.</summary>
    public sealed class State
    {
        internal State(string name, Parameter parameter, Tensor expAvg, Tensor expAvgSq, bool decays)
        {
            (Name, Parameter, Decays) = (name, parameter, decays);
            ExpAvg = expAvg.DetachFromDisposeScope();
            ExpAvgSq = expAvgSq.DetachFromDisposeScope();
        }

        /// <summary>The parameter's name in the model.</summary>
        public string Name { get; }

        /// <summary>The parameter.</summary>
        public Parameter Parameter { get; }

        /// <summary>Whether weight decay applies.</summary>
        public bool Decays { get; }

        /// <summary>First moment, of the parameter's shape.</summary>
        public Tensor ExpAvg { get; }

        /// <summary>Second moment, of the parameter's shape.</summary>
        public Tensor ExpAvgSq { get; }

        /// <summary>Sum of the gradients since the last step, of the parameter's shape; null when there were none.</summary>
        public Tensor? Pending { get; internal set; }

        /// <summary>Steps taken.</summary>
        public int Steps { get; set; }
    }
}
