using Sweeps.Core.Gpt;
using Sweeps.Training.Decoding;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests.Decoding;

public sealed class DecoderTests
{
    private static readonly int T = DecodingModels.Small.Context;

    public static TheoryData<DecodingMethod> Methods => [.. Enum.GetValues<DecodingMethod>()];

    public static TheoryData<DecodingMethod> Speculative => [.. Enum.GetValues<DecodingMethod>().Where(method => method != DecodingMethod.Base)];

    public static TheoryData<string> Variants => DecodingModels.Variants;

    [Theory, MemberData(nameof(Variants))]
    public void Greedy_base_takes_the_likeliest_token_of_a_full_forward(string variant)
    {
        using var model = DecodingModels.Create(DecodingModels.Of(variant));
        var expected = DecodingModels.Tokens(3, 5).ToList();
        using var off = no_grad();
        // nanoGPT's generate: beyond the context the last T tokens.
        while (expected.Count < T + 6)
        {
            using var scope = NewDisposeScope();
            long[] window = [.. expected.TakeLast(T)];
            expected.Add(model.call(tensor(window, [1, window.Length])).select(1, window.Length - 1).argmax(-1).item<long>());
        }
        var decoded = Decoder.Decode(model, [[.. expected.Take(3)]], T + 3, new() { Sampling = SamplingOptions.Greedy });
        Assert.Equal(expected, decoded.Tokens[0]);
        Assert.True(expected.Skip(3).Distinct().Count() > 1, "the text varies");
    }

    [Theory, MemberData(nameof(Speculative))]
    public void Greedy_output_equals_greedy_base_token_for_token(DecodingMethod method)
    {
        foreach (var variant in Variants)
        {
            foreach (var options in OptionsFor(method, DecodingModels.Of(variant)))
            {
                using var model = DecodingModels.Create(options);
                using var draft = DecodingModels.Create(DecodingModels.Small with { Layers = 1, Context = 16, Seed = 2 });
                var decoding = new DecodingOptions { Method = method, Draft = draft, Sampling = SamplingOptions.Greedy };
                // From one token, into the sliding window; from the middle; from beyond the context.
                long[][] prompts = [DecodingModels.Tokens(1, 1), DecodingModels.Tokens(9, 2), DecodingModels.Tokens(T + 2, 3)];
                var expected = Decoder.Decode(model, prompts, T + 4, decoding with { Method = DecodingMethod.Base });
                var decoded = Decoder.Decode(model, prompts, T + 4, decoding);
                Assert.Equal(expected.Tokens, decoded.Tokens);
                Assert.True(decoded.Drafted > 0);
            }
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Each_row_of_a_batch_of_eight_equals_its_run_alone(DecodingMethod method)
    {
        foreach (var options in OptionsFor(method, DecodingModels.Small))
        {
            using var model = DecodingModels.Create(options);
            using var draft = DecodingModels.Create(DecodingModels.Small with { Layers = 1, Seed = 2 });
            var decoding = new DecodingOptions { Method = method, Draft = draft, Seed = 6 };
            var prompts = Enumerable.Range(0, 8).Select(b => (IReadOnlyList<long>)DecodingModels.Tokens(1 + 3 * b % 11, (ulong)b)).ToArray();
            var together = Decoder.Decode(model, prompts, 20, decoding);
            for (var b = 0; b < prompts.Length; b++)
                Assert.Equal(Decoder.Decode(model, [prompts[b]], 20, decoding with { FirstStream = b }).Tokens[0], together.Tokens[b]);
            Assert.Equal(8, together.Tokens.Select(row => string.Join(' ', row.TakeLast(20))).Distinct().Count());
        }
    }

    [Fact]
    public void A_draft_that_is_the_model_itself_is_always_accepted()
    {
        using var model = DecodingModels.Create(DecodingModels.Small);
        foreach (var sampling in new[] { SamplingOptions.Greedy, new SamplingOptions { Temperature = 0.8, TopP = 0.95 } })
        {
            var decoding = new DecodingOptions { Method = DecodingMethod.Draft, Draft = model, Sampling = sampling };
            var decoded = Decoder.Decode(model, [DecodingModels.Tokens(2, 1), DecodingModels.Tokens(5, 2)], 18, decoding);
            Assert.Equal(decoded.Drafted, decoded.Accepted);
            Assert.Equal((30, 6), (decoded.Accepted, decoded.Rounds));     // 18 = 3 rounds of 5 + 1
        }
    }

    [Fact]
    public void An_exit_after_all_layers_is_always_accepted()
    {
        using var model = DecodingModels.Create(DecodingModels.Small);
        var decoded = Decoder.Decode(model, [DecodingModels.Tokens(2, 1)], 18, new() { Method = DecodingMethod.EarlyExit, ExitLayer = model.Options.Layers });
        Assert.Equal((15, 15, 3), (decoded.Drafted, decoded.Accepted, decoded.Rounds));
    }

    [Theory, InlineData(HeadKind.Parallel), InlineData(HeadKind.Replicated)]
    public void A_tree_gives_the_tokens_of_ordinary_sampling_with_the_same_random_numbers(HeadKind kind)
    {
        using var model = DecodingModels.Create(DecodingModels.Small with { HeadKind = kind, Heads = 4 });
        var decoding = new DecodingOptions { Method = DecodingMethod.Tree, Seed = 8 };
        long[][] prompts = [DecodingModels.Tokens(2, 1), DecodingModels.Tokens(4, 2)];
        var decoded = Decoder.Decode(model, prompts, 40, decoding);
        Assert.Equal(Decoder.Decode(model, prompts, 40, decoding with { Method = DecodingMethod.Base }).Tokens, decoded.Tokens);
        Assert.InRange(decoded.Accepted, 1, decoded.NewTokens);
    }

    [Fact]
    public void Lenience_below_one_accepts_more()
    {
        using var model = DecodingModels.Create(DecodingModels.Small);
        using var draft = DecodingModels.Create(DecodingModels.Small with { Seed = 2 });
        var prompts = Enumerable.Range(0, 20).Select(b => (IReadOnlyList<long>)DecodingModels.Tokens(1, (ulong)b)).ToArray();
        var accepted = new[] { 2, 1, 0.5, 0.1 }.Select(lenience =>
            Decoder.Decode(model, prompts, 20, new() { Method = DecodingMethod.Draft, Draft = draft, Lenience = lenience }).AcceptedPerRound).ToArray();
        for (var i = 1; i < accepted.Length; i++) Assert.True(accepted[i] > accepted[i - 1], string.Join(' ', accepted));
    }

    [Fact]
    public void Every_round_adds_what_stays_and_one_token()
    {
        using var model = DecodingModels.Create(DecodingModels.Small with { HeadKind = HeadKind.Linear, Heads = 3 });
        var decoded = Decoder.Decode(model, [DecodingModels.Tokens(3, 1), DecodingModels.Tokens(6, 2)], 15, new() { Method = DecodingMethod.SelfSpeculative });
        Assert.Equal((30, 30), (decoded.NewTokens, decoded.Accepted + decoded.Rounds));
        Assert.All(decoded.Tokens.Zip([3, 6]), pair => Assert.Equal(15 + pair.Second, pair.First.Count));
    }

    [Fact]
    public void What_a_model_has_not_is_said_in_one_sentence()
    {
        using var model = DecodingModels.Create(DecodingModels.Small);
        using var shared = DecodingModels.Create(DecodingModels.Small with { Heads = 4 });
        using var other = DecodingModels.Create(DecodingModels.Small, vocabulary: 9);
        Assert.Contains("Method prophet needs a model with head_kind deepseek", Refusal(model, new() { Method = DecodingMethod.Prophet }));
        Assert.Contains("need heads that predict further tokens on their own", Refusal(shared, new() { Method = DecodingMethod.SelfSpeculative }));
        Assert.Contains("need heads that predict further tokens on their own", Refusal(model, new() { Method = DecodingMethod.Tree }));
        Assert.Contains("Method draft needs a second model", Refusal(model, new() { Method = DecodingMethod.Draft }));
        Assert.Contains("The draft knows 9 symbols and the model 7", Refusal(model, new() { Method = DecodingMethod.Draft, Draft = other }));
        Assert.Contains("The exit layer is from 1 to 3", Refusal(model, new() { Method = DecodingMethod.EarlyExit, ExitLayer = 4 }));
        Assert.Contains("at least one token", Assert.Throws<TrainingException>(() => Decoder.Decode(model, [[]], 3, new())).Message);
    }

    private static string Refusal(Gpt model, DecodingOptions options) =>
        Assert.Throws<TrainingException>(() => Decoder.Decode(model, [DecodingModels.Tokens(3, 1)], 3, options)).Message;

    // The models that a method is for.
    private static IEnumerable<TrainingOptions> OptionsFor(DecodingMethod method, TrainingOptions options) => method switch
    {
        DecodingMethod.Prophet => [options with { HeadKind = HeadKind.Deepseek, Heads = 4 }, options with { HeadKind = HeadKind.Deepseek, Heads = 3, SharedModule = true }],
        DecodingMethod.SelfSpeculative or DecodingMethod.Tree =>
            [.. new[] { HeadKind.Parallel, HeadKind.Causal, HeadKind.Anticausal, HeadKind.Linear, HeadKind.Replicated }.Select(kind => options with { HeadKind = kind, Heads = 4 })],
        _ => [options, options with { HeadKind = HeadKind.Anticausal, Heads = 2 }],
    };
}
