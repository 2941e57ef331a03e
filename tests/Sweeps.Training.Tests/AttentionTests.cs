using Sweeps.Core.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

public sealed class AttentionTests : IDisposable
{
    private static readonly TrainingOptions Small = new() { Layers = 2, AttentionHeads = 2, Width = 12, Context = 7, BatchSize = 3 };

    public AttentionTests()
    {
        set_default_dtype(float64);
        manual_seed(5);
    }

    public void Dispose() => set_default_dtype(float32);

    [Theory]
    [InlineData(TimeWeighting.Full)]
    [InlineData(TimeWeighting.Circulant)]
    public void Time_weights_of_one_change_nothing(TimeWeighting weighting)
    {
        using var plain = new Gpt(Small, 11);
        using var weighted = new Gpt(Small with { TimeWeighting = weighting }, 11);
        using var batch = TestBatches.Random(Small, 11);
        Assert.Equal(Values(plain.call(batch.Tokens)), Values(weighted.call(batch.Tokens)));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(4)]
    [InlineData(1)]
    public void Circulant_time_weights_are_a_factor_of_the_distance_and_one_of_the_position(int t)
    {
        var (B, H, T) = (3, Small.AttentionHeads, Small.Context);
        using var module = Random(TimeWeighting.Circulant);
        var (weight, bias) = (Parameter(module, "timeWeight"), Parameter(module, "timeBias"));
        var attention = Causal(B * H, t);
        var actual = Values(module.call(attention));
        var a = Values(attention);
        var i = 0;
        for (var b = 0; b < B; b++)
            for (var h = 0; h < H; h++)
                for (var row = 0; row < t; row++)
                    for (var s = 0; s < t; s++, i++)
                        Assert.Equal(s > row ? 0 : a[i] * weight[h * T + T - 1 - (row - s)] * bias[h * T + s], actual[i], 1e-12);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(3)]
    public void Full_time_weights_are_a_factor_of_each_pair_of_positions(int t)
    {
        var (B, H, T) = (3, Small.AttentionHeads, Small.Context);
        using var module = Random(TimeWeighting.Full);
        var weight = Parameter(module, "timeWeight");
        var attention = Causal(B * H, t);
        var actual = Values(module.call(attention));
        var a = Values(attention);
        var i = 0;
        for (var b = 0; b < B; b++)
            for (var h = 0; h < H; h++)
                for (var row = 0; row < t; row++)
                    for (var s = 0; s < t; s++, i++) Assert.Equal(a[i] * weight[(h * T + row) * T + s], actual[i], 1e-12);
    }

    [Theory]
    [InlineData(6, 5)]
    [InlineData(5, 4)]
    [InlineData(6, 1)]
    public void Time_mixing_takes_half_of_the_channels_from_the_position_before(int channels, int positions)
    {
        var x = randn([2, positions, channels]);
        var (from, to) = (Values(x), Values(CausalSelfAttention.MixTimes(x)));
        for (var b = 0; b < 2; b++)
            for (var t = 0; t < positions; t++)
                for (var c = 0; c < channels; c++)
                {
                    var late = c < channels / 2;
                    var expected = !late ? from[(b * positions + t) * channels + c] : t == 0 ? 0 : from[(b * positions + t - 1) * channels + c];
                    Assert.Equal(expected, to[(b * positions + t) * channels + c]);
                }
    }

    [Fact]
    public void Attention_mixes_times_before_queries_keys_and_values()
    {
        using var plain = new CausalSelfAttention(Small);
        manual_seed(5);
        using var mixing = new CausalSelfAttention(Small with { TimeMixing = true });
        foreach (var (a, b) in plain.parameters().Zip(mixing.parameters())) b.requires_grad_(false).copy_(a.detach());
        var x = randn([2, 7, 12]);
        Assert.Equal(Values(plain.call(CausalSelfAttention.MixTimes(x))), Values(mixing.call(x)));
        Assert.NotEqual(Values(plain.call(x)), Values(mixing.call(x)));
    }

    [Fact]
    public void Rotary_positions_turn_pairs_of_channels_by_angles_that_grow_with_the_position()
    {
        const int T = 6, D = 8;
        using var rotary = new RotaryPositions(T, D, float64);
        var x = randn([2, T, D]);
        var (from, to) = (Values(x), Values(rotary.call(x, 0)));
        for (var n = 0; n < 2; n++)
            for (var t = 0; t < T; t++)
                for (var i = 0; i < D / 2; i++)
                {
                    var at = (n * T + t) * D + i;
                    var turned = new System.Numerics.Complex(from[at], from[at + D / 2]) * System.Numerics.Complex.FromPolarCoordinates(1, t * Math.Pow(10_000, -2.0 * i / D));
                    Assert.Equal(turned.Real, to[at], 1e-12);
                    Assert.Equal(turned.Imaginary, to[at + D / 2], 1e-12);
                }
    }

    [Fact]
    public void Rotary_scores_depend_on_distances_alone()
    {
        const int T = 20, D = 8;
        using var rotary = new RotaryPositions(T, D, float64);
        // The same query and key at every position.
        var (q, k) = (randn([1, 1, D]).expand(1, T, D), randn([1, 1, D]).expand(1, T, D));
        var scores = Values(rotary.call(q, 0).bmm(rotary.call(k, 0).transpose(1, 2)));
        for (var t = 1; t < T; t++)
            for (var s = 1; s < T; s++) Assert.Equal(scores[(t - 1) * T + s - 1], scores[t * T + s], 1e-12);
        Assert.NotEqual(scores[0], scores[1], 1e-3);
    }

    [Fact]
    public void Rotary_positions_can_begin_anywhere()
    {
        using var rotary = new RotaryPositions(9, 6, float64);
        var x = randn([4, 9, 6]);
        Assert.Equal(Values(rotary.call(x, 0).narrow(1, 5, 3)), Values(rotary.call(x.narrow(1, 5, 3), 5)));
    }

    [Fact]
    public void Rmsnorm_divides_by_the_root_mean_square()
    {
        var x = randn([3, 4, 10]) * 3;
        foreach (var (row, normalized) in Values(x).Chunk(10).Zip(Values(RmsNorm.Of(x)).Chunk(10)))
        {
            var rms = Math.Sqrt(row.Average(v => v * v) + 1e-6);
            Assert.Equal(row.Select(v => v / rms), normalized, (a, b) => Math.Abs(a - b) < 1e-12);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_length_of_queries_and_keys_has_a_meaning_only_without_their_norm(bool norm)
    {
        using var attention = new CausalSelfAttention(Small with { QkNorm = norm });
        var x = randn([2, 7, 12]);
        using var off = no_grad();
        var qkv = attention.named_parameters().Single(p => p.name == "qkv.weight").parameter;      // (3C, C): queries, keys, values
        qkv.mul_(30);                                  // scores of about 1, far above the eps of the norm
        var before = Values(attention.call(x));
        qkv.narrow(0, 0, 24).mul_(3);
        var difference = Values(attention.call(x)).Zip(before, (a, b) => Math.Abs(a - b)).Max() / before.Max(Math.Abs);
        if (norm) Assert.InRange(difference, 0, 1e-5);
        else Assert.InRange(difference, 1e-3, 10);
    }

    [Theory]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.ReluSquared)]
    public void The_mlps_nonlinearity_is_the_one_named(Activation activation)
    {
        using var mlp = new Mlp(Small with { Activation = activation });
        using var off = no_grad();
        var (up, down) = (mlp.named_parameters().Single(p => p.name == "up.weight").parameter, mlp.named_parameters().Single(p => p.name == "down.weight").parameter);
        var x = randn([5, 12]);
        var hidden = Values(x.matmul(up.transpose(0, 1))).Select(v => activation == Activation.Gelu ? v / 2 * (1 + Erf(v / Math.Sqrt(2))) : v > 0 ? v * v : 0);
        var expected = Values(tensor(hidden.ToArray(), [5, 48]).matmul(down.transpose(0, 1)));
        Assert.Equal(expected, Values(mlp.call(x)), (a, b) => Math.Abs(a - b) < 1e-12);

        // Maclaurin series; the arguments here are small.
        static double Erf(double x)
        {
            double sum = x, term = x;
            for (var n = 1; n < 40; n++)
            {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }
            return 2 / Math.Sqrt(Math.PI) * sum;
        }
    }

    private static TimeWeights Random(TimeWeighting weighting)
    {
        var module = new TimeWeights(Small with { TimeWeighting = weighting });
        using var off = no_grad();
        foreach (var parameter in module.parameters())
        {
            Assert.All(Values(parameter), w => Assert.Equal(1, w));
            parameter.copy_(randn(parameter.shape));
        }
        return module;
    }

    // A softmax of random scores over the positions that may be seen.
    private static Tensor Causal(int matrices, int t) => (randn([matrices, t, t]) + triu(full([1, t, t], double.NegativeInfinity), 1)).softmax(-1);

    private static double[] Parameter(TimeWeights module, string name) => Values(module.named_parameters().Single(p => p.name == name).parameter);

    private static double[] Values(Tensor tensor) => tensor.contiguous().data<double>().ToArray();
}
