using Sweeps.Core.Gpt;
using Sweeps.Training.Data;
using Sweeps.Training.Decoding;

namespace Sweeps.Training.Tests.Decoding;

public sealed class DecodingBenchmarkTests
{
    [Fact]
    public void Prompts_of_text_are_the_first_quarter_of_the_context()
    {
        using var data = DataSets.Open(new TrainingOptions { Data = "grammar", Context = 32, BatchSize = 3 }, ".", futures: 1);
        var prompts = DecodingPrompts.From(data, 32, 7);
        Assert.Equal((7, 24), (prompts.Texts.Count, prompts.NewTokens));
        Assert.All(prompts.Texts, text => Assert.Equal(8, text.Count));
        Assert.Equal(7, prompts.Texts.Select(text => data.Decode(text)).Distinct().Count());
    }

    [Fact]
    public void Prompts_of_a_task_are_its_questions()
    {
        using var addition = DataSets.Open(new TrainingOptions { Data = "addition", Digits = 2, Context = 6, BatchSize = 4 }, ".", futures: 1);
        var sums = DecodingPrompts.From(addition, 6, 6);
        Assert.Equal((6, 3), (sums.Texts.Count, sums.NewTokens));
        Assert.All(sums.Texts, text => Assert.Equal(4, text.Count));

        // Questions of different lengths, each up to its equals sign.
        using var polynomial = DataSets.Open(new TrainingOptions { Data = "polynomial", Operations = 3, Context = 40, BatchSize = 4 }, ".", futures: 1);
        var expressions = DecodingPrompts.From(polynomial, 40, 8);
        Assert.All(expressions.Texts, text => Assert.EndsWith("=", polynomial.Decode(text)));
        Assert.True(expressions.Texts.Select(text => text.Count).Distinct().Count() > 1);
        Assert.Equal(5, expressions.NewTokens);
    }

    [Fact]
    public void Base_is_measured_beside_every_method_on_the_same_prompts()
    {
        using var model = DecodingModels.Create(DecodingModels.Small with { HeadKind = HeadKind.Linear, Heads = 3 });
        var prompts = new DecodingPrompts([DecodingModels.Tokens(3, 1), DecodingModels.Tokens(3, 2), DecodingModels.Tokens(3, 3)], 12);
        var speeds = DecodingBenchmark.Measure(model, prompts, [DecodingMethod.Tree], new() { Sampling = SamplingOptions.Greedy }, batch: 2, repetitions: 2);
        Assert.Equal([DecodingMethod.Base, DecodingMethod.Tree], speeds.Select(speed => speed.Method));
        Assert.Equal((1, 0, true), (speeds[0].SpeedUp, speeds[0].AcceptedPerRound, speeds[0].SameAsBase));
        Assert.True(speeds[1].SameAsBase && speeds[1].TokensPerSecond > 0);
        Assert.Equal(speeds[1].TokensPerSecond / speeds[0].TokensPerSecond, speeds[1].SpeedUp, 1e-9);
    }
}
