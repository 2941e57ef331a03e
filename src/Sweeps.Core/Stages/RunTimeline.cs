using System.Collections.Immutable;
using System.Globalization;
using Sweeps.Core.Gpt;
using Sweeps.Core.Schedules;

namespace Sweeps.Core.Stages;

/// <summary>
/// A run of the built-in trainer, split into what holds from its first step to its last and what begins at some step. Two runs agree up to
/// step s - in their weights, optimizer states and metric points, bit for bit - when their fixed parts are equal and so are all pieces that
/// start before s.
/// </summary>
public sealed record RunTimeline
{
    private static readonly LossWeightSchedule NextTokenAlone = LossWeightSchedule.Constant([1]);

    /// <summary>The options with the seed, and without all that <see cref="Pieces"/> and <see cref="Steps"/> tell. Not to be trained.</summary>
    public required TrainingOptions Fixed { get; init; }

    /// <summary>
    /// What is timed: loss weights, batch size and context, learning rates, the untying of the output head. By first step, the first of them 0
    /// and all before <see cref="Steps"/>; pieces that begin at the same step are one, and none repeats what held before it.
    /// </summary>
    public required ImmutableArray<TimedPiece> Pieces { get; init; }

    /// <summary>Step at which the run ends.</summary>
    public required int Steps { get; init; }

    /// <summary>The timeline of a run.</summary>
    public static RunTimeline Of(TrainingOptions options) => new() { Fixed = FixedPart(options), Pieces = TimedPart(options), Steps = options.Steps };

    /// <summary>The same configuration with another seed.</summary>
    public RunTimeline WithSeed(int seed) => seed == Fixed.Seed ? this : this with { Fixed = Fixed with { Seed = seed } };

    // Whatever the trainer does not look up anew at each step stays. Of sizes that change over the steps that is the largest, which the model
    // is built for and validated with.
    private static TrainingOptions FixedPart(TrainingOptions options) => options with
    {
        Steps = 0, LossWeights = NextTokenAlone, UntieAtStep = null,
        BatchSizeSchedule = Largest(options.BatchSizeSchedule), ContextSchedule = Largest(options.ContextSchedule),
        LearningRate = 0, LearningRateSchedule = LearningRateShape.Cosine, MinLearningRate = 0, WarmupSteps = 0, WarmupTokens = 0, DecaySteps = 0,
        MuonLearningRate = 0,
    };

    private static WholeSchedule Largest(WholeSchedule schedule) => schedule.IsConstant ? schedule : WholeSchedule.Constant(schedule.Largest);

    private static ImmutableArray<TimedPiece> TimedPart(TrainingOptions options)
    {
        var pieces = new List<TimedPiece>();
        Add("loss_weights", LossWeights(options));
        Add("batch_size", Sizes(options.BatchSizeSchedule));
        Add("context", Sizes(options.ContextSchedule));
        Add("learning_rate", options.LearningRates.Pieces(options.Steps, options.TokensAt));
        if (options.Optimizer == OptimizerKind.Muon) Add("muon_learning_rate", options.MuonLearningRates.Pieces(options.Steps, options.TokensAt));
        if (options.UntieAtStep is { } untied) Add("tied", [(untied, "no")]);
        // The last step is validated whatever eval_every is, which a run that goes on from there is not.
        if (options.Steps % options.EvalEvery != 0) Add("validated", [(options.Steps - 1, "after this step")]);
        return [.. pieces.GroupBy(piece => piece.FirstStep).OrderBy(pieces => pieces.Key)
            .Select(pieces => pieces.Count() == 1 ? pieces.First() : new TimedPiece(pieces.Key, string.Join("; ", pieces.Select(piece => piece.Meaning))))];

        // Of several that begin at one step the last counts: the others have no step.
        void Add(string part, IEnumerable<(long FirstStep, string Meaning)> changes)
        {
            var first = pieces.Count;
            foreach (var (step, meaning) in changes)
            {
                if (step >= options.Steps) break;
                var piece = new TimedPiece(step, $"{part} {meaning}");
                if (pieces.Count > first && pieces[^1].FirstStep == step) pieces.RemoveAt(pieces.Count - 1);
                if (pieces.Count == first || pieces[^1].Meaning != piece.Meaning) pieces.Add(piece);
            }
        }

        IEnumerable<(long, string)> Sizes(WholeSchedule schedule) =>
            schedule.Pieces(options.Steps).Select(piece => (piece.FirstStep, piece.Value.ToString(CultureInfo.InvariantCulture)));
    }

    // A ramp is told by the steps, not the shares of the steps, between which it runs: that is what its values depend on. Weights beyond the
    // heads are ignored, and missing ones are zeros.
    private static IEnumerable<(long FirstStep, string Meaning)> LossWeights(TrainingOptions options)
    {
        var start = Fraction.Zero;
        foreach (var phase in options.LossWeights.Phases)
        {
            var weights = phase.Weights.Take(options.Heads).ToList();
            while (weights.Count > 0 && weights[^1] is { From: 0, To: 0 }) weights.RemoveAt(weights.Count - 1);
            var ramps = weights.Exists(weight => !weight.From.Equals(weight.To)) ? $" from step {start * options.Steps} over {phase.Share * options.Steps}" : "";
            yield return (start.CeilingTimes(options.Steps), $"[{string.Join(", ", weights)}]{ramps}");
            start += phase.Share;
        }
    }
}
