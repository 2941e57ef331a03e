using Sweeps.Core.Gpt;
using Sweeps.Training.Data;

namespace Sweeps.Training.Decoding;

/// <summary>How fast the methods decode the continuations of validation texts, in alternating runs on the same prompts.</summary>
public static class DecodingBenchmark
{
    /// <summary>Measures each method, and <see cref="DecodingMethod.Base"/> beside them whether it is asked for or not.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Texts to continue.</param>
    /// <param name="methods">What to compare.</param>
    /// <param name="options">Options of all methods.</param>
    /// <param name="batch">Texts decoded at a time.</param>
    /// <param name="repetitions">Runs of each method, of which the median counts; one more warms up.</param>
    /// <exception cref="TrainingException">The model has not what a method needs.</exception>
    public static IReadOnlyList<DecodingSpeed> Measure(
        Gpt model, DecodingPrompts prompts, IEnumerable<DecodingMethod> methods, DecodingOptions options, int batch = 1, int repetitions = 5)
    {
        DecodingMethod[] all = [.. methods.Prepend(DecodingMethod.Base).Distinct()];
        var runs = all.ToDictionary(method => method, _ => new List<Run>());
        for (var repetition = 0; repetition <= repetitions; repetition++)
        {
            // Alternating, so that whatever else the machine does meets all methods alike.
            foreach (var method in all)
            {
                var run = Once(model, prompts, options with { Method = method }, batch);
                if (repetition > 0) runs[method].Add(run);
            }
        }
        var reference = Median(runs[DecodingMethod.Base]);
        return [.. all.Select(method => new DecodingSpeed
        {
            Method = method, TokensPerSecond = Median(runs[method]), SpeedUp = Median(runs[method]) / reference,
            AcceptedPerRound = runs[method][0].AcceptedPerRound,
            SameAsBase = runs[method][0].Tokens.Zip(runs[DecodingMethod.Base][0].Tokens).All(pair => pair.First.SequenceEqual(pair.Second)),
        })];
    }

    private static Run Once(Gpt model, DecodingPrompts prompts, DecodingOptions options, int batch)
    {
        var decoded = prompts.Texts.Chunk(batch).Select((texts, i) => Decoder.Decode(model, texts, prompts.NewTokens, options with { FirstStream = i * batch })).ToArray();
        return new Run(
            decoded.Sum(part => part.NewTokens) / decoded.Sum(part => part.Seconds),
            (double)decoded.Sum(part => part.Accepted) / decoded.Sum(part => part.Rounds),
            [.. decoded.SelectMany(part => part.Tokens)]);
    }

    private static double Median(List<Run> runs)
    {
        var sorted = runs.Select(run => run.TokensPerSecond).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private sealed record Run(double TokensPerSecond, double AcceptedPerRound, IReadOnlyList<IReadOnlyList<long>> Tokens);
}

/// <summary>What was measured of a method.</summary>
public sealed record DecodingSpeed
{
    /// <summary>The method.</summary>
    public required DecodingMethod Method { get; init; }

    /// <summary>New tokens a second, the prompts' reading included; the median.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Drafted tokens that stayed, of a round.</summary>
    public required double AcceptedPerRound { get; init; }

    /// <summary>Tokens a second divided by those of base.</summary>
    public required double SpeedUp { get; init; }

    /// <summary>Whether the tokens are those of base: true for greedy decoding with lenience 1, by chance only for sampling (a tree's always).</summary>
    public required bool SameAsBase { get; init; }
}

/// <summary>Texts of the validation part to continue.</summary>
/// <param name="Texts">Tokens of each.</param>
/// <param name="NewTokens">Tokens to add to each.</param>
public sealed record DecodingPrompts(IReadOnlyList<IReadOnlyList<long>> Texts, int NewTokens)
{
    /// <summary>Tokens that are added to running text where nobody says how many.</summary>
    public const int TokensOfText = 200;

    /// <summary>Tokens of the right continuation of each, of tasks; empty for running text.</summary>
    public IReadOnlyList<IReadOnlyList<long>> Answers { get; init; } = [];

    /// <summary>
    /// What a model is let write without being told what about: text begins with a line end, as nanoGPT's samples do, and each one with the same; of a task
    /// it is the questions of validation examples.
    /// </summary>
    /// <inheritdoc cref="From" path="/param"/>
    public static DecodingPrompts Usual(IDataSet data, int context, int count, int? newTokens = null)
    {
        try
        {
            if (data.Encode("\n") is [_, ..] lineEnd) return new([.. Enumerable.Repeat(lineEnd, count)], newTokens ?? TokensOfText);
        }
        catch (TrainingException)
        {
            // A line end is no token of it.
        }
        return From(data, context, count, newTokens);
    }

    /// <summary>
    /// The beginnings of validation examples: of a task's example the question, of running text the first quarter of the context; what is
    /// added is the longest of the answers, or what fills the context up.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="context">T.</param>
    /// <param name="count">How many texts.</param>
    /// <param name="newTokens">Another number of tokens to add, or null.</param>
    public static DecodingPrompts From(IDataSet data, int context, int count, int? newTokens = null)
    {
        var (texts, answers, quarter, longest) = (new List<long[]>(), new List<long[]>(), Math.Max(1, context / 4), 0);
        for (var i = 0; texts.Count < count; i++)
        {
            using var batch = data.Validation(i, count);
            var tokens = batch.Tokens.cpu().data<long>().ToArray();
            using var targets = batch.Trained is null ? null : batch.Target(0);
            var last = targets?.cpu().data<long>().ToArray() ?? [];
            for (var b = 0; b < batch.Sequences && texts.Count < count; b++)
            {
                // A row's windows have one token more than its inputs: the last target.
                var answer = batch.Trained is { } trained ? trained.AsSpan(b * (context + 1), context + 1) : [];
                longest = Math.Max(longest, answer.Count(true));
                var length = answer.IndexOf(true) is > 0 and var question ? question : quarter;
                texts.Add(tokens[(b * context)..(b * context + length)]);
                if (answer.IsEmpty) continue;
                var end = answer[length..].IndexOf(false) is >= 0 and var rest ? length + rest : context + 1;
                answers.Add([.. tokens[(b * context + length)..(b * context + Math.Min(end, context))], .. end > context ? [last[(b + 1) * context - 1]] : Array.Empty<long>()]);
            }
        }
        return new(texts, newTokens ?? (longest > 0 ? longest : Math.Max(1, context - quarter))) { Answers = answers };
    }
}
