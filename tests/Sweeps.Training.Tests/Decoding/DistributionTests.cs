using Sweeps.Core.Gpt;
using Sweeps.Training.Decoding;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests.Decoding;

/// <summary>Every continuation of three tokens is as frequent as the model says, whatever drafts: 1e5 samples of the 64 over four symbols.</summary>
public sealed class DistributionTests
{
    private const int V = 4, Length = 3, Samples = 100_000, Rows = 10_000;

    private static readonly TrainingOptions Tiny = new() { Layers = 2, AttentionHeads = 1, Width = 4, Context = 8, BatchSize = 2, Bias = true };

    private static readonly long[] Prompt = [1, 3];

    public static TheoryData<DecodingMethod> Methods => [.. Enum.GetValues<DecodingMethod>()];

    [Theory, MemberData(nameof(Methods))]
    public void Continuations_are_as_frequent_as_the_model_says(DecodingMethod method)
    {
        // Softened distributions: every continuation is expected often enough for the test.
        var sampling = new SamplingOptions { Temperature = 1.5 };
        using var model = DecodingModels.Create(OptionsFor(method), deviation: 0.7, vocabulary: V);
        using var draft = DecodingModels.Create(Tiny with { Layers = 1, Seed = 2 }, deviation: 0.7, vocabulary: V);
        var decoding = new DecodingOptions { Method = method, Draft = draft, Sampling = sampling, Seed = 3 };
        var counts = new int[V * V * V];
        var (drafted, accepted) = (0, 0);
        for (var batch = 0; batch < Samples / Rows; batch++)
        {
            var decoded = Decoder.Decode(model, [.. Enumerable.Repeat(Prompt, Rows)], Length, decoding with { FirstStream = batch * Rows });
            foreach (var row in decoded.Tokens) counts[(row[^3] * V + row[^2]) * V + row[^1]]++;
            (drafted, accepted) = (drafted + decoded.Drafted, accepted + decoded.Accepted);
        }
        var p = Continuations(model, sampling);
        Assert.InRange(p.Min() * Samples, 5, Samples);
        Assert.InRange(ChiSquare.PValue(counts, p), 1e-3, 1);
        // The check would say nothing if all or none of the drafts were taken.
        if (method != DecodingMethod.Base) Assert.InRange(accepted / (double)drafted, 0.1, 0.9);
    }

    [Fact]
    public void Lenience_below_one_is_not_the_model_s_distribution()
    {
        using var model = DecodingModels.Create(Tiny, deviation: 0.7, vocabulary: V);
        using var draft = DecodingModels.Create(Tiny with { Layers = 1, Seed = 2 }, deviation: 0.7, vocabulary: V);
        var decoding = new DecodingOptions { Method = DecodingMethod.Draft, Draft = draft, Lenience = 0.5 };
        var counts = new int[V * V * V];
        foreach (var row in Decoder.Decode(model, [.. Enumerable.Repeat(Prompt, 10_000)], Length, decoding).Tokens) counts[(row[^3] * V + row[^2]) * V + row[^1]]++;
        Assert.InRange(ChiSquare.PValue(counts, Continuations(model, new())), 0, 1e-9);
    }

    // The product of the full forwards' distributions along each continuation.
    private static double[] Continuations(Gpt model, SamplingOptions sampling)
    {
        using var off = no_grad();
        var p = new double[V * V * V];
        for (var i = 0; i < p.Length; i++)
        {
            int[] tokens = [i / V / V, i / V % V, i % V];
            p[i] = 1;
            for (var j = 0; j < Length; j++)
            {
                using var scope = NewDisposeScope();
                long[] text = [.. Prompt, .. tokens.Take(j).Select(token => (long)token)];
                var q = new double[V];
                Sampling.Distribution(model.call(tensor(text, [1, text.Length])).select(1, text.Length - 1).contiguous().data<float>().ToArray(), sampling, q);
                p[i] *= q[tokens[j]];
            }
        }
        return p;
    }

    private static TrainingOptions OptionsFor(DecodingMethod method) => method switch
    {
        DecodingMethod.Prophet => Tiny with { HeadKind = HeadKind.Deepseek, Heads = 3 },
        DecodingMethod.SelfSpeculative or DecodingMethod.Tree => Tiny with { HeadKind = HeadKind.Parallel, Heads = 3 },
        _ => Tiny,
    };
}
