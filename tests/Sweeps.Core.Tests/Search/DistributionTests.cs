using FsCheck;
using FsCheck.Fluent;
using Sweeps.Core.Search;

namespace Sweeps.Core.Tests.Search;

public sealed class DistributionTests
{
    private static readonly Arbitrary<double> Uniforms = Gen.Choose(0, int.MaxValue - 1).Select(i => i / (double)int.MaxValue).ToArbitrary();

    private static readonly WeightedCategoricalDistribution Weighted =
        new([ParameterValue.Of("a"), ParameterValue.Of("b"), ParameterValue.Of("c"), ParameterValue.Of("d")], [0.2, 0, 0.7, 0.1]);

    private static readonly Distribution[] All =
    [
        new ConstantDistribution(ParameterValue.Of("never")), new CategoricalDistribution([ParameterValue.Of(1), ParameterValue.Of(2), ParameterValue.Of(4)]), Weighted,
        new IntUniformDistribution(-3, 7), new UniformDistribution(-0.1, 0.3), new LogUniformDistribution(-9, 2), new LogUniformValuesDistribution(3e-5, 0.7),
        new InverseLogUniformDistribution(-2, 9), new InverseLogUniformValuesDistribution(3e-5, 0.7), new NormalDistribution(0.3, 2), new LogNormalDistribution(-3, 1),
        new BetaDistribution(0.5, 3), new QuantizedDistribution(new UniformDistribution(-0.1, 0.35), 0.1), new QuantizedDistribution(new LogUniformDistribution(-3, 4), 0.25),
        new QuantizedDistribution(new LogUniformValuesDistribution(1, 1000), 8), new QuantizedDistribution(new NormalDistribution(0, 3), 0.3),
        new QuantizedDistribution(new LogNormalDistribution(0, 1), 0.01), new QuantizedDistribution(new BetaDistribution(2, 2), 0.05), new SteppedDistribution(0, 1, 0.1),
    ];

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.24999, 1)]
    [InlineData(0.25, 2)]
    [InlineData(0.75, 4)]
    [InlineData(0.999999999, 4)]
    public void Int_uniform_gives_each_whole_number_the_same_share(double uniform, long expected) =>
        Assert.Equal(expected, new IntUniformDistribution(1, 4).Inverse(uniform).AsLong);

    [Fact]
    public void Log_uniform_has_its_median_at_the_geometric_mean_of_its_bounds() =>
        Assert.Equal(1e-3, new LogUniformValuesDistribution(1e-4, 1e-2).Inverse(0.5).AsDouble!.Value, 1e-15);

    [Fact]
    public void Uniform_is_linear() => Assert.Equal(0.35, new UniformDistribution(0.2, 0.8).Inverse(0.25).AsDouble!.Value, 1e-15);

    [Theory]
    [InlineData(0, 0.5, 0)]
    [InlineData(0, 0.75, 0.6744897501960817)]
    [InlineData(0, 0.9, 1.2815515655446004)]
    [InlineData(0, 0.975, 1.959963984540054)]
    [InlineData(0, 0.995, 2.5758293035489004)]
    [InlineData(0, 1e-4, -3.719016485455709)]
    [InlineData(10, 0.025, 4.120108046379838)] // 10 - 3 * 1.96
    public void Normal_has_the_quantiles_of_the_tables(double mu, double uniform, double expected)
    {
        var normal = new NormalDistribution(mu, mu == 0 ? 1 : 3);
        Assert.Equal(expected, normal.Quantile(uniform), 1e-13 * Math.Max(1, Math.Abs(expected)));
        Assert.Equal(Math.Exp(expected), new LogNormalDistribution(mu, normal.Sigma).Quantile(uniform), 1e-12 * Math.Exp(expected));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1e-3)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.731)]
    [InlineData(0.999)]
    public void Beta_has_its_closed_forms(double p)
    {
        Expect(p, new BetaDistribution(1, 1));
        Expect(Math.Pow(p, 1 / 5.0), new BetaDistribution(5, 1));
        Expect(1 - Math.Pow(1 - p, 1 / 3.0), new BetaDistribution(1, 3));
        Expect(Math.Pow(Math.Sin(Math.PI * p / 2), 2), new BetaDistribution(0.5, 0.5)); // the arcsine law
        Expect(0.5 - Math.Sin(Math.Asin(1 - 2 * p) / 3), new BetaDistribution(2, 2));
        // Near 0 the closed forms and MathNet's incomplete beta function lose digits to cancellation: 1e-9 of the value or 1e-13.
        void Expect(double expected, BetaDistribution beta) => Assert.Equal(expected, beta.Quantile(p), Math.Max(1e-9 * expected, 1e-13));
    }

    [Fact]
    public void Beta_keeps_the_digits_of_tiny_quantiles() =>
        Assert.Equal(1e-20, new BetaDistribution(0.1, 1).Quantile(0.01), 1e-28); // p^(1/a)

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(0.875)]
    public void Log_uniform_takes_exponents_of_e_or_the_values_themselves(double p)
    {
        var (low, high) = (Math.Exp(-9), Math.Exp(-4));
        var expected = Math.Exp(-9 + 5 * p);
        Assert.Equal(expected, new LogUniformDistribution(-9, -4).Quantile(p), 1e-14 * expected);
        Assert.Equal(expected, new LogUniformValuesDistribution(low, high).Quantile(p), 1e-13 * expected);
        // ln(1/X) is uniform from 4 to 9, and X still grows with p.
        Assert.Equal(expected, new InverseLogUniformDistribution(4, 9).Quantile(p), 1e-13 * expected);
        Assert.Equal(expected, new InverseLogUniformValuesDistribution(low, high).Quantile(p), 1e-13 * expected);
        Assert.Equal((low, high), (new InverseLogUniformDistribution(4, 9).Low, new InverseLogUniformDistribution(4, 9).High));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.1, 0)]      // 2 / 4 = 0.5 to the even 0
    [InlineData(0.3, 2)]      // 6 / 4 = 1.5 to the even 2
    [InlineData(0.5, 2)]      // 10 / 4 = 2.5 to the even 2
    [InlineData(0.51, 3)]
    [InlineData(0.999, 5)]
    public void Q_rounds_halves_to_the_even_multiple(double p, int multiple) =>
        Assert.Equal(ParameterValue.Of(4 * multiple), new QuantizedDistribution(new UniformDistribution(0, 20), 4).Inverse(p));

    [Fact]
    public void Each_distribution_has_its_quantized_form()
    {
        Assert.Equal(2.0, new QuantizedDistribution(new NormalDistribution(0, 1), 0.5).Quantile(0.975)); // 1.96
        Assert.Equal(7.0, new QuantizedDistribution(new LogNormalDistribution(0, 1), 1).Quantile(0.975)); // 7.099
        Assert.Equal(0.4, new QuantizedDistribution(new BetaDistribution(2, 3), 0.2).Quantile(0.5)); // 0.386
        Assert.Equal(0.0018, new QuantizedDistribution(new LogUniformDistribution(-9, -4), 0.0002).Quantile(0.5382)); // 0.00182
        Assert.Equal(["q_uniform", "q_log_uniform", "q_log_uniform_values", "q_normal", "q_log_normal", "q_beta"],
            new ContinuousDistribution[]
            {
                new UniformDistribution(0, 1), new LogUniformDistribution(0, 1), new LogUniformValuesDistribution(1, 2), new NormalDistribution(0, 1), new LogNormalDistribution(0, 1),
                new BetaDistribution(1, 1),
            }.Select(distribution => new QuantizedDistribution(distribution, 1).Name));
    }

    [Fact]
    public void Multiples_of_a_decimal_are_the_decimals_that_people_write()
    {
        var tenths = new QuantizedDistribution(new UniformDistribution(0, 1), 0.1);
        Assert.Equal([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
            Enumerable.Range(0, 1000).Select(i => tenths.Quantile(i / 1000.0)).Distinct()); // 3 * 0.1 is 0.30000000000000004 in doubles
    }

    [Theory]
    [InlineData(0, 0.3, 0.1, "0 0.1 0.2")]
    [InlineData(1, 1.3, 0.1, "1 1.1 1.2")]    // (1.3 - 1) / 0.1 is above 3 in doubles
    [InlineData(1, 10, 4, "1 5 9")]
    [InlineData(1, 9, 4, "1 5")]
    [InlineData(-0.5, 1, 0.75, "-0.5 0.25")]
    [InlineData(1, 2, 5, "1")]
    public void The_steps_of_a_grid_begin_at_min_and_exclude_max(double min, double max, double q, string expected)
    {
        var steps = new SteppedDistribution(min, max, q);
        Assert.Equal(expected, string.Join(' ', steps.Values()));
        Assert.Equal(expected.Split(' ').Length, steps.Count);
        Assert.All(steps.Values(), value => Assert.True(steps.Contains(value)));
        Assert.False(steps.Contains(ParameterValue.Of(max)));
        Assert.False(steps.Contains(ParameterValue.Of(min + q / 3)));
    }

    [Theory]
    [InlineData(0, "a")]
    [InlineData(0.1999, "a")]
    [InlineData(0.2, "c")]
    [InlineData(0.8999, "c")]
    [InlineData(0.95, "d")]
    [InlineData(0.9999999, "d")]
    public void Probabilities_share_the_unit_interval(double uniform, string expected) => Assert.Equal(expected, Weighted.Inverse(uniform).AsString);

    [Fact]
    public void What_has_no_probability_is_never_drawn()
    {
        Assert.False(Weighted.Contains(ParameterValue.Of("b")));
        Assert.False(Weighted.Contains(ParameterValue.Of("x")));
        // The probabilities sum to a little less than 1; the rest belongs to the last that has one.
        var rounded = new WeightedCategoricalDistribution([ParameterValue.Of(1), ParameterValue.Of(2), ParameterValue.Of(3)], [0.3, 0.69999, 0]);
        Assert.Equal(2, rounded.Inverse(0.999999999).AsLong);
    }

    [Fact]
    public void A_draw_is_always_a_value_of_the_distribution() =>
        Properties.Hold(Uniforms, uniform => All.All(distribution => distribution.Contains(distribution.Inverse(uniform))));

    [Fact]
    public void Draws_do_not_fall_when_the_uniform_number_grows() =>
        Properties.Hold(Uniforms.Generator.Two().ToArbitrary(), pair => All.Where(distribution => distribution.Inverse(0).AsDouble is not null)
            .All(distribution => distribution.Inverse(Math.Min(pair.Item1, pair.Item2)).AsDouble <= distribution.Inverse(Math.Max(pair.Item1, pair.Item2)).AsDouble));

    [Fact]
    public void Extreme_shapes_draw_finite_numbers()
    {
        ContinuousDistribution[] extremes =
        [
            new NormalDistribution(1e308, 1e308), new LogNormalDistribution(0, 1e300), new LogNormalDistribution(-1e300, 1), new BetaDistribution(1e-3, 1e-3),
            new BetaDistribution(1e6, 1e6), new BetaDistribution(1e-3, 1e6), new QuantizedDistribution(new NormalDistribution(0, 1e300), 5e-324),
            new QuantizedDistribution(new NormalDistribution(0, 1), 1e308), new QuantizedDistribution(new LogNormalDistribution(0, 1e300), 1e-300),
        ];
        foreach (var uniform in new[] { 0, 1.0 / (1L << 53), 0.3, 0.5, 0.7, 1 - 1.0 / (1L << 53) })
            Assert.All(extremes, distribution => Assert.True(double.IsFinite(distribution.Inverse(uniform).AsDouble!.Value), $"{distribution} at {uniform}"));
    }

    [Fact]
    public void SplitMix64_gives_the_published_sequence()
    {
        // First outputs for seed 1234567, as listed with the reference implementation's test vectors.
        var random = new SplitMix64(1234567);
        Assert.Equal(
            [6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL, 16408922859458223821UL],
            Enumerable.Range(0, 5).Select(_ => random.Next()));
    }

    [Fact]
    public void Uniform_numbers_fill_the_unit_interval_evenly()
    {
        var random = new SplitMix64(3);
        var counts = new int[10];
        for (var i = 0; i < 10_000; i++) counts[(int)(random.NextUniform() * 10)]++;
        // Chi-square with 9 degrees of freedom: 27.9 is its 0.999 quantile.
        Assert.True(counts.Sum(count => (count - 1000.0) * (count - 1000.0) / 1000.0) < 27.9);
    }
}
