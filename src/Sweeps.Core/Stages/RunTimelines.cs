using System.Collections.Immutable;
using System.Globalization;
using Sweeps.Core.Gpt;
using Sweeps.Core.Schedules;

namespace Sweeps.Core.Stages;

/// <summary>Makes the timelines of many runs, one after the other. What is timed in one as in another before it is found once.</summary>
internal sealed class RunTimelines
{
    /// <summary>Different ones of a kind that are remembered: where there are more, such as learning rates drawn at random, hardly any comes again.</summary>
    private const int MostRemembered = 1000;

    private static readonly TrainingOptions Unmeasured = new();
    private static readonly LossWeightSchedule NextTokenAlone = LossWeightSchedule.Constant([1]);

    // The pieces of each part, by all that they depend on.
    private readonly Dictionary<(string Part, object DependsOn), List<TimedPiece>> parts = [];

    // Few are different: those at step 0 tell of many parts and are long.
    private readonly Dictionary<string, string> meanings = [];

    // Those of the run that is at hand, in order.
    private readonly List<TimedPiece> pieces = [];
    private TrainingOptions? lastFixed;

    /// <summary>The timeline of a run.</summary>
    public RunTimeline Of(TrainingOptions options)
    {
        var part = FixedPart(options);
        if (part != lastFixed) lastFixed = part;
        return new RunTimeline { Fixed = lastFixed, Pieces = TimedPart(options), Steps = options.Steps, Measurement = MeasurementOf(options) };
    }

    // Whatever the trainer does not look up anew at each step stays. Of sizes that change over the steps that is the largest, which the model
    // is built for and validated with.
    private static TrainingOptions FixedPart(TrainingOptions options) => options with
    {
        Steps = 0, LossWeights = NextTokenAlone, UntieAtStep = null,
        BatchSizeSchedule = Largest(options.BatchSizeSchedule), ContextSchedule = Largest(options.ContextSchedule),
        LearningRate = 0, LearningRateSchedule = LearningRateShape.Cosine, MinLearningRate = 0, WarmupSteps = 0, WarmupTokens = 0, DecaySteps = 0,
        MuonLearningRate = 0,
        DecodeMethod = null, DecodeGamma = Unmeasured.DecodeGamma, DecodeTemperature = Unmeasured.DecodeTemperature, DecodeDraft = null,
    };

    /// <summary>The decoding that is measured after the last step: runs that differ in it alone share all steps but that one.</summary>
    private static string? MeasurementOf(TrainingOptions options) => options.DecodeMethod is not { } method ? null : string.Create(CultureInfo.InvariantCulture,
        $"decoding {method.Name()}, gamma {options.DecodeGamma}, temperature {options.DecodeTemperature}{(options.DecodeDraft is { } draft ? $", draft {draft}" : "")}");

    private static WholeSchedule Largest(WholeSchedule schedule) => schedule.IsConstant ? schedule : WholeSchedule.Constant(schedule.Largest);

    private ImmutableArray<TimedPiece> TimedPart(TrainingOptions options)
    {
        pieces.Clear();
        Add("loss_weights", (options.LossWeights, options.Heads, options.Steps), LossWeights);
        Add("batch_size", (options.BatchSizeSchedule, options.Steps), static options => Sizes(options.BatchSizeSchedule, options));
        Add("context", (options.ContextSchedule, options.Steps), static options => Sizes(options.ContextSchedule, options));
        Add("learning_rate", (options.LearningRates, options.BatchSizeSchedule, options.ContextSchedule, options.Steps),
            static options => options.LearningRates.Pieces(options.Steps, options.TokensAt));
        if (options.Optimizer == OptimizerKind.Muon)
            Add("muon_learning_rate", (options.MuonLearningRates, options.BatchSizeSchedule, options.ContextSchedule, options.Steps),
                static options => options.MuonLearningRates.Pieces(options.Steps, options.TokensAt));
        if (options.UntieAtStep is { } untied) Add("tied", (untied, options.Steps), static options => [(options.UntieAtStep!.Value, "no")]);
        // The last step is validated whatever eval_every is, which a run that goes on from there is not.
        if (options.Steps % options.EvalEvery != 0) Add("validated", options.Steps, static options => [(options.Steps - 1, "after this step")]);
        // The last one: RunIdentity counts on it.
        if (MeasurementOf(options) is { } measurement) Add("", (measurement, options.Steps), options => [(options.Steps - 1, measurement)]);
        return Merged();

        void Add(string part, object dependsOn, Func<TrainingOptions, IEnumerable<(long FirstStep, string Meaning)>> changes)
        {
            if (!parts.TryGetValue((part, dependsOn), out var found))
            {
                if (parts.Count == MostRemembered) parts.Clear();
                parts.Add((part, dependsOn), found = PiecesOf(part, changes(options), options.Steps));
            }
            foreach (var piece in found)
            {
                var place = pieces.Count;
                while (place > 0 && pieces[place - 1].FirstStep > piece.FirstStep) place--;
                pieces.Insert(place, piece);
            }
        }
    }

    /// <summary>The pieces of the run; those that begin at one step are one.</summary>
    private ImmutableArray<TimedPiece> Merged()
    {
        var merged = ImmutableArray.CreateBuilder<TimedPiece>(pieces.Count);
        for (int first = 0, end; first < pieces.Count; first = end)
        {
            end = first + 1;
            while (end < pieces.Count && pieces[end].FirstStep == pieces[first].FirstStep) end++;
            var meaning = end == first + 1 ? pieces[first].Meaning : string.Join("; ", pieces[first..end].Select(piece => piece.Meaning));
            merged.Add(new TimedPiece(pieces[first].FirstStep, Known(meaning)));
        }
        return merged.DrainToImmutable();
    }

    private static IEnumerable<(long, string)> Sizes(WholeSchedule schedule, TrainingOptions options) =>
        schedule.Pieces(options.Steps).Select(piece => (piece.FirstStep, piece.Value.ToString(CultureInfo.InvariantCulture)));

    // Of several that begin at one step the last counts: the others have no step.
    private static List<TimedPiece> PiecesOf(string part, IEnumerable<(long FirstStep, string Meaning)> changes, int steps)
    {
        var pieces = new List<TimedPiece>();
        foreach (var (step, meaning) in changes)
        {
            if (step >= steps) break;
            var piece = new TimedPiece(step, part.Length == 0 ? meaning : $"{part} {meaning}");
            if (pieces.Count > 0 && pieces[^1].FirstStep == step) pieces.RemoveAt(pieces.Count - 1);
            if (pieces.Count == 0 || pieces[^1].Meaning != piece.Meaning) pieces.Add(piece);
        }
        return pieces;
    }

    private string Known(string meaning)
    {
        if (meanings.TryGetValue(meaning, out var known)) return known;
        if (meanings.Count == MostRemembered) meanings.Clear();
        meanings.Add(meaning, meaning);
        return meaning;
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
