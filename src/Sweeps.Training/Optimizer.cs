using Sweeps.Core.Gpt;
using Sweeps.Core.Schedules;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweeps.Training;

/// <summary>
/// What trains a model's parameters and at what rate: AdamW all of them, or Muon the matrices of the layers, each step, and AdamW the rest,
/// each <see cref="TrainingOptions.AdamEvery"/> steps with the sum of their gradients.
/// </summary>
public sealed class Optimizer : IDisposable
{
    private readonly int adamEvery;
    private readonly LearningRateSchedule muonLearningRate;

    /// <summary>Prepares the state of every parameter.</summary>
    public Optimizer(IEnumerable<(string Name, Parameter Parameter)> parameters, TrainingOptions options)
    {
        adamEvery = options.AdamEvery;
        (LearningRate, muonLearningRate) = (options.LearningRates, options.MuonLearningRates);
        var byMuon = parameters.ToLookup(p => options.Optimizer == OptimizerKind.Muon && Training.Muon.IsHiddenMatrix(p.Name, p.Parameter));
        AdamW = new AdamW(byMuon[false], options.Beta1, options.Beta2, options.WeightDecay, options.CautiousDecay, Gpt.Decays);
        Muon = new Muon(byMuon[true], options.MuonMomentum, options.WeightDecay, options.CautiousDecay);
    }

    /// <summary>AdamW's learning rate.</summary>
    public LearningRateSchedule LearningRate { get; }

    /// <summary>AdamW's part.</summary>
    public AdamW AdamW { get; }

    /// <summary>Muon's part; without matrices where AdamW trains all.</summary>
    public Muon Muon { get; }

    /// <summary>All tensors that a checkpoint must hold, by what they are and the parameter's name.</summary>
    internal IEnumerable<(string Name, Tensor Tensor)> Tensors
    {
        get
        {
            foreach (var state in AdamW.States)
            {
                yield return ("exp_avg." + state.Name, state.ExpAvg);
                yield return ("exp_avg_sq." + state.Name, state.ExpAvgSq);
                if (state.Pending is { } pending) yield return (PendingOf(state), pending);
            }
            foreach (var state in Muon.States) yield return ("momentum." + state.Name, state.Momentum);
        }
    }

    /// <summary>Name of a tensor's pending gradient among <see cref="Tensors"/>.</summary>
    internal static string PendingOf(AdamW.State state) => "pending." + state.Name;

    /// <summary>Global norm of the gradients of this step. Parameters without a gradient count as zero.</summary>
    public double GradientNorm()
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var parameters = AdamW.States.Select(s => s.Parameter).Concat(Muon.States.Select(s => s.Parameter));
        var norms = parameters.Select(p => p.grad).OfType<Tensor>().Select(g => g.norm()).ToList();
        return norms.Count == 0 ? 0 : stack(norms).norm().to(float64).item<double>();
    }

    /// <summary>One step with the gradients times <paramref name="gradientScale"/>, which are released.</summary>
    /// <param name="step">The step, counted from 0.</param>
    /// <param name="tokens">Training tokens seen when the step is done.</param>
    /// <param name="gradientScale">What clipping leaves of the gradients.</param>
    public void Step(int step, long tokens, double gradientScale)
    {
        Muon.Step(muonLearningRate.At(step, tokens), gradientScale);
        if ((step + 1) % adamEvery == 0) AdamW.Step(LearningRate.At(step, tokens), gradientScale);
        else AdamW.Hold(gradientScale);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        AdamW.Dispose();
        Muon.Dispose();
    }
}
