using Sweeps.Core.Schedules;

namespace Sweeps.Core.Gpt;

/// <content>From a sweep's parameters and back.</content>
public sealed partial record TrainingOptions
{
    private static readonly Dictionary<string, ParameterValue> EmptyParameters = [];

    /// <summary>
    /// The options of one run. What the parameters do not say is nanoGPT's CPU configuration with the model of <c>preset</c>, and what
    /// depends on other options follows them: <c>tied</c> is true where <c>untie_at</c> is given, <c>logit_softcap_scale</c> a quarter of
    /// <c>logit_softcap</c>, <c>decay_steps</c> is <c>steps</c>, <c>warmup_steps</c> 100 but at most a tenth of the steps,
    /// <c>warmup_tokens</c> 10,240 but at most a tenth of the tokens, <c>min_learning_rate</c> a tenth of <c>learning_rate</c>, <c>context</c>
    /// what the longest example of a task needs, and <c>loss_weights</c> halve from head to head for shared heads (as in PR 178) and are all 1 for parallel
    /// ones (as in Gloeckle et al.).
    /// </summary>
    /// <param name="parameters">Names as in a sweep file, with or without their group.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <exception cref="GptParameterException">Unknown names, wrong types or ranges, contradictions: all of them.</exception>
    public static TrainingOptions FromParameters(IReadOnlyDictionary<string, ParameterValue> parameters, int seed)
    {
        var options = new TrainingOptionsReader(EmptyParameters).Read(parameters, out var errors) with { Seed = seed };
        return errors.Count == 0 ? options : throw new GptParameterException(errors);
    }

    /// <summary>What is wrong with these parameters; empty when they can be trained.</summary>
    public static IReadOnlyList<GptParameterError> Check(IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        new TrainingOptionsReader(EmptyParameters).Read(parameters, out var errors);
        return errors;
    }

    /// <summary>Every parameter with its value, so that <see cref="FromParameters"/> gives these options again. The seed is not one of them.</summary>
    public IReadOnlyDictionary<string, ParameterValue> ToParameters() =>
        GptParameters.All.ToDictionary(parameter => parameter.Name, parameter => parameter.Read(this));

    /// <summary>The options with what depends on others filled in where it is not given.</summary>
    internal static TrainingOptions WithDerived(TrainingOptions options, Func<string, bool> given)
    {
        if (!given("context") && TaskContext.Needed(options) is { } needed) options = options with { Context = needed };
        return options with
        {
            Tied = options.Tied || (!given("tied") && given("untie_at")),
            LogitSoftcapScale = given("logit_softcap_scale") ? options.LogitSoftcapScale : options.LogitSoftcap / 4,
            DecaySteps = given("decay_steps") ? options.DecaySteps : options.Steps,
            WarmupSteps = given("warmup_steps") ? options.WarmupSteps : Math.Min(100, options.Steps / 10),
            WarmupTokens = given("warmup_tokens") ? options.WarmupTokens : (int)Math.Min(10_240, options.TokensAt(options.Steps) / 10),
            MinLearningRate = given("min_learning_rate") ? options.MinLearningRate : options.LearningRate / 10,
            LossWeights = given("loss_weights") ? options.LossWeights : LossWeightSchedule.Constant(
                Enumerable.Range(0, options.Heads).Select(head => options.HeadKind == HeadKind.Shared ? Math.Pow(0.5, head) : 1.0)),
        };
    }
}
