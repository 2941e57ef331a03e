using System.Collections.Immutable;
using System.Globalization;
using Sweeps.Core.Gpt;
using Sweeps.Core.Schedules;

namespace Sweeps.Core.Stages;

/// <summary>Makes the timelines of many runs, one after the other. What is timed in one as in the one before it is found once.</summary>
internal sealed class RunTimelines
{
    private static readonly LossWeightSchedule NextTokenAlone = LossWeightSchedule.Constant([1]);

    // The pieces of each part of the last run, with all that they depend on.
    private readonly Dictionary<string, (object DependsOn, List<TimedPiece> Pieces)> parts = [];

    // Few are different: those at step 0 tell of many parts and are long.
    private readonly Dictionary<string, string> meanings = [];
    private TrainingOptions? lastFixed;

    /// <summary>The timeline of a run.</summary>
    public RunTimeline Of(TrainingOptions options)
    {
        var part = FixedPart(options);
        if (part != lastFixed) lastFixed = part;
        return new RunTimeline { Fixed = lastFixed, Pieces = TimedPart(options), Steps = options.Steps };
    }

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

    private ImmutableArray<TimedPiece> TimedPart(TrainingOptions options)
    {
        var pieces = new List<TimedPiece>();
        Add("loss_weights", (options.LossWeights, options.Heads, options.Steps), () => LossWeights(options));
        Add("batch_size", (options.BatchSizeSchedule, options.Steps), () => Sizes(options.BatchSizeSchedule));
        Add("context", (options.ContextSchedule, options.Steps), () => Sizes(options.ContextSchedule));
        Add("learning_rate", (options.LearningRates, options.BatchSizeSchedule, options.ContextSchedule, options.Steps),
            () => options.LearningRates.Pieces(options.Steps, options.TokensAt));
        if (options.Optimizer == OptimizerKind.Muon)
            Add("muon_learning_rate", (options.MuonLearningRates, options.BatchSizeSchedule, options.ContextSchedule, options.Steps),
                () => options.MuonLearningRates.Pieces(options.Steps, options.TokensAt));
        if (options.UntieAtStep is { } untied) Add("tied", (untied, options.Steps), () => [(untied, "no")]);
        // The last step is validated whatever eval_every is, which a run that goes on from there is not.
        if (options.Steps % options.EvalEvery != 0) Add("validated", options.Steps, () => [(options.Steps - 1, "after this step")]);
        return [.. pieces.Select(piece => piece with { Meaning = Known(piece.Meaning) })];

        // Pieces that begin at one step are one.
        void Add(string part, object dependsOn, Func<IEnumerable<(long FirstStep, string Meaning)>> changes)
        {
            if (!parts.TryGetValue(part, out var last) || !last.DependsOn.Equals(dependsOn))
                parts[part] = last = (dependsOn, PiecesOf(part, changes(), options.Steps));
            foreach (var piece in last.Pieces)
            {
                var place = pieces.FindLastIndex(other => other.FirstStep <= piece.FirstStep);
                if (place >= 0 && pieces[place].FirstStep == piece.FirstStep) pieces[place] = piece with { Meaning = $"{pieces[place].Meaning}; {piece.Meaning}" };
                else pieces.Insert(place + 1, piece);
            }
        }

        IEnumerable<(long, string)> Sizes(WholeSchedule schedule) =>
            schedule.Pieces(options.Steps).Select(piece => (piece.FirstStep, piece.Value.ToString(CultureInfo.InvariantCulture)));
    }

    // Of several that begin at one step the last counts: the others have no step.
    private static List<TimedPiece> PiecesOf(string part, IEnumerable<(long FirstStep, string Meaning)> changes, int steps)
    {
        var pieces = new List<TimedPiece>();
        foreach (var (step, meaning) in changes)
        {
            if (step >= steps) break;
            var piece = new TimedPiece(step, $"{part} {meaning}");
            if (pieces.Count > 0 && pieces[^1].FirstStep == step) pieces.RemoveAt(pieces.Count - 1);
            if (pieces.Count == 0 || pieces[^1].Meaning != piece.Meaning) pieces.Add(piece);
        }
        return pieces;
    }

    private string Known(string meaning)
    {
        if (meanings.TryGetValue(meaning, out var known)) return known;
        return meanings[meaning] = meaning;
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
