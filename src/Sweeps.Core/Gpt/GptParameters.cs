using System.Collections.Frozen;
using Sweeps.Core.Schedules;

namespace Sweeps.Core.Gpt;

/// <summary>The parameters of the built-in trainer, as sweep files name them.</summary>
public static partial class GptParameters
{
    /// <summary>The headings that parameters may be written under.</summary>
    public static IReadOnlyList<string> Groups => Index.Groups;

    /// <summary>The parameter of a name, with or without its group; null when there is none.</summary>
    public static GptParameter? Find(string name) => Index.Names.GetValueOrDefault(name);

    /// <summary>
    /// The name that somebody who wrote <paramref name="name"/> probably meant, known from nanoGPT, Hugging Face and the like, or from
    /// the spelling; null when nothing is near.
    /// </summary>
    public static string? Suggest(string name)
    {
        var last = name[(name.LastIndexOf('.') + 1)..];
        if (Index.Names.ContainsKey(last)) return last;
        return Index.Synonyms.TryGetValue(last, out var parameter) ? parameter.Name : Nearest.To(last, All.Select(known => known.Name));
    }

    /// <summary>One sentence for a name that is not a parameter.</summary>
    public static string UnknownName(string name)
    {
        if (name is "seed" or "seeds" or "training.seed") return $"\"{name}\" is not a parameter: write 'seeds: N' beside 'parameters' for N runs of each configuration";
        return Suggest(name) is { } near
            ? $"the trainer has no parameter \"{name}\"; did you mean \"{near}\"?"
            : $"the trainer has no parameter \"{name}\"; it has {string.Join(", ", All.Select(parameter => parameter.Name))}";
    }

    /// <summary>
    /// Contradictions between options that are each valid on their own, with the parameters that take part in each, the likeliest culprit
    /// first; empty when there are none.
    /// </summary>
    internal static IEnumerable<(string[] Parameters, string Message)> Contradictions(TrainingOptions options)
    {
        if (options.Width % options.AttentionHeads != 0)
        {
            var nearest = Math.Max(1, (int)Math.Round((double)options.Width / options.AttentionHeads)) * options.AttentionHeads;
            yield return (["width", "attention_heads"],
                $"width {options.Width} is not divisible by attention_heads {options.AttentionHeads}; the nearest width that is: {nearest}");
        }
        var headWidth = options.Width / options.AttentionHeads;
        if (options.Position == PositionKind.Rotary && options.Width % options.AttentionHeads == 0 && headWidth % 2 != 0)
            yield return (["width", "attention_heads", "position"],
                $"position rotary turns pairs of channels, and width {options.Width} / attention_heads {options.AttentionHeads} = {headWidth} is odd; write width {options.AttentionHeads * (headWidth + 1)}, or position: learned");
        if (options.LogitSoftcap > 0 && options.LogitSoftcapScale == 0)
            yield return (["logit_softcap_scale", "logit_softcap"], "logit_softcap_scale divides the logits and cannot be 0; leave it out, or write logit_softcap: 0 for none");
        if (!options.Tied && options.UntieAtStep is not null)
            yield return (["tied", "untie_at"], "untie_at is for an output head that begins as the embedding, and tied is false; keep one of them");
        var shortest = options.ContextSchedule.Smallest;
        if (options.Heads > shortest)
            yield return (["heads", "context"], $"heads {options.Heads} is more than context {shortest}; there are no targets that far ahead");
        if (options.MatchParameters && options.HeadKind is not (HeadKind.Parallel or HeadKind.Causal or HeadKind.Anticausal))
            yield return (["match_parameters", "head_kind"],
                $"match_parameters moves layers into heads that are layers: head_kind parallel, causal or anticausal, not {options.HeadKind.ToString().ToLowerInvariant()}");
        else if (options.MatchParameters && options.Heads > options.Layers)
            yield return (["heads", "layers", "match_parameters"],
                $"heads {options.Heads} need as many layers with match_parameters, and layers is {options.Layers}");
        if (options.SharedModule && options.HeadKind != HeadKind.Deepseek)
            yield return (["shared_module", "head_kind"], "shared_module is for the modules of head_kind deepseek");
        if (options.DecodeMethod is DecodingMethod.Draft && options.DecodeDraft is null)
            yield return (["decode_method", "decode_draft"], "decode_method draft needs a second model: write decode_draft: PATH of its checkpoint (sweeps export --format checkpoint)");
        if (options.DecodeMethod is DecodingMethod.Prophet && (options.Heads == 1 || options.HeadKind != HeadKind.Deepseek))
            yield return (["decode_method", "head_kind", "heads"], "decode_method prophet drafts with the modules of head_kind: deepseek, with heads 2 or more");
        if (options.DecodeMethod is DecodingMethod.SelfSpeculative or DecodingMethod.Tree && (options.Heads == 1 || options.HeadKind is HeadKind.Shared or HeadKind.Deepseek))
            yield return (["decode_method", "head_kind", "heads"],
                $"decode_method {options.DecodeMethod.Value.Name()} drafts with heads of their own: head_kind parallel, causal, anticausal, linear or replicated, with heads 2 or more");
        var layersOfHeads = options.HeadKind is not (HeadKind.Parallel or HeadKind.Causal or HeadKind.Anticausal) ? 0 : options.MatchParameters ? options.Heads : 1;
        if (options.DecodeMethod is DecodingMethod.EarlyExit && layersOfHeads >= options.Layers)
            yield return (["decode_method", "layers", "heads"],
                $"decode_method early_exit drafts with layers of the trunk, and all {options.Layers} layers are those of heads; write layers {layersOfHeads + 1} or more");
        if (TaskContext.Needed(options) is { } needed && shortest < needed)
            yield return (["context", "digits", "ood_operations", "operations", "data"],
                $"context {shortest} is too short for data {options.Data}: its longest example needs {needed}; write that, or leave context out");
        if (options.OodOperations > 0 && options.OodOperations <= options.Operations)
            yield return (["ood_operations", "operations"],
                $"ood_operations {options.OodOperations} is not more than operations {options.Operations}, which training shows; write {options.Operations + 1} or more, or 0 for no such test");
        foreach (var phase in options.BatchSizeSchedule.Phases.Where(phase => phase.Value % options.Accumulation != 0).Take(1))
        {
            var divisor = Enumerable.Range(1, Math.Min(options.Accumulation, phase.Value)).Last(parts => options.BatchSizeSchedule.Phases.All(p => p.Value % parts == 0));
            yield return (["accumulation", "batch_size"],
                $"accumulation {options.Accumulation} does not divide batch_size {phase.Value} into equal parts; write {divisor}, or another batch_size");
        }
        if (options.AdamEvery > options.Steps)
            yield return (["adam_every", "steps"], $"adam_every {options.AdamEvery} is more than steps {options.Steps}; AdamW would never act");
        if (options.UntieAtStep > options.Steps)
            yield return (["untie_at", "steps"],
                $"untie_at {options.UntieAtStep} is after the last of {options.Steps} steps; write never, a share such as 2/3, or a smaller step");
        if (options.MinLearningRate > options.LearningRate)
            yield return (["min_learning_rate", "learning_rate"],
                $"min_learning_rate {options.MinLearningRate} is above learning_rate {options.LearningRate}; lower it or leave it out");
        if (options.LearningRateSchedule == LearningRateShape.Mingpt && options.TokensAt(options.DecaySteps) is var tokens && options.WarmupTokens > tokens)
            yield return (["warmup_tokens", "decay_steps", "steps"],
                $"warmup_tokens {options.WarmupTokens} is more than the {tokens} training tokens until decay_steps {options.DecaySteps}; the rate would never decay");
        if (options.WarmupSteps > options.DecaySteps)
            yield return (["warmup_steps", "decay_steps", "steps"],
                $"warmup_steps {options.WarmupSteps} is more than decay_steps {options.DecaySteps}; the rate would never decay");
    }

    /// <summary>Look-ups over <see cref="All"/>, built on first use.</summary>
    private static class Index
    {
        public static readonly FrozenDictionary<string, GptParameter> Names = All
            .SelectMany(parameter => new[] { (parameter.Name, parameter), ($"{parameter.Group}.{parameter.Name}", parameter) })
            .ToFrozenDictionary(pair => pair.Item1, pair => pair.parameter);

        public static readonly FrozenDictionary<string, GptParameter> Synonyms = All
            .SelectMany(parameter => parameter.Synonyms, (parameter, synonym) => (synonym, parameter))
            .ToFrozenDictionary(pair => pair.synonym, pair => pair.parameter, StringComparer.OrdinalIgnoreCase);

        public static readonly string[] Groups = [.. All.Select(parameter => parameter.Group).Distinct()];
    }
}
